DROP TABLE idempotency_keys;
DROP TABLE counter_cases;
DROP TABLE new_phones;
DROP TABLE device_choices;
DROP TABLE look_ups;
DROP TABLE registrations;
