//! Several registrars: a student enrols by number and school mail; a resident's registration is taken over by the university.

use std::sync::Arc;

use actix_web::web::Data;
use dure_db::{Db, DbError, now_ms, outbox, testing::both};
use serde_json::{Value, json};

use super::{
    enrolment::{certify, mailed_code, ticket},
    http::{Answer, fresh_key, get_as, post, post_as, send},
    node::{Mina, Node},
};
use crate::{app::App, registrar::Students};

const STUDENTS: &str = "number,name,birth,email\n2026-10001,김미나,1994-03-12,mina@univ.kr\n2026-10002,이준,1991-07-30,joon@univ.kr\n2026-10003,김미나,2001-01-01,other@univ.kr\n";

/// The service with a university beside the city.
async fn with_campus(db: Db) -> (Node, Data<App>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), STUDENTS).unwrap();
    let students = Students::read("campus", ("새별대학교", "Sebyeol University"), file.path()).unwrap();
    Node::start_with(db, vec![Arc::new(Mina), Arc::new(students)]).await
}

fn student(email: &str, number: &str) -> Value {
    json!({ "registrar": "campus", "email": email, "number": number, "lang": "en" })
}

async fn confirm(app: &Data<App>, cookie: &str, path: &str, started: &Answer) -> Answer {
    let code = mailed_code(app).await.unwrap_or_else(|| "000000".to_owned());
    post_as(app, cookie, path, json!({ "enrolment": started.json["enrolment"], "code": code })).await
}

#[test]
fn a_student_enrols_by_number_and_school_mail() {
    both(|db| async move {
        let (node, app) = with_campus(db).await;
        let known = get_as(&app, "", "/v1/registrars").await.json;
        assert_eq!(
            (known[0]["asks"].as_str(), known[1]["asks"].as_str()),
            (Some("residents"), Some("students"))
        );
        let start = |body: Value| async { post(&app, "/v1/enrolment/start", body).await };
        for (body, field) in [
            (json!({ "registrar": "nowhere", "email": "joon@univ.kr", "number": "202610002" }), "registrar"),
            (student("joon@univ.kr", "12"), "number"),
        ] {
            let answer = start(body).await;
            assert_eq!(answer.json["field"], field);
            answer.assert_problem(400, "BAD_FIELD");
        }
        // Somebody else's number: the same answer, and no mail.
        assert_eq!(start(student("joon@univ.kr", "2026-10001")).await.status, 202);
        assert_eq!(mailed_code(&app).await, None);
        let started = start(student("Joon@univ.kr", "2026 10002")).await;
        let ticket = confirm(&app, "", "/v1/enrolment/confirm", &started).await;
        assert_eq!((ticket.status, ticket.json["name"].as_str()), (200, Some("이준")), "{}", ticket.text);
        let cookie = certify(&app, &ticket.json, 51).await.cookie();
        let me = get_as(&app, &cookie, "/v1/me").await.json;
        assert_eq!(
            (me["email"].as_str(), me["registrations"][0]["registrar"].as_str()),
            (Some("joon@univ.kr"), Some("campus"))
        );
        node.stop().await;
    });
}

#[test]
fn another_registrar_takes_a_registration_over_for_the_same_person_only() {
    both(|db| async move {
        let (node, app) = with_campus(db).await;
        let cookie = certify(&app, &ticket(&app).await, 50).await.cookie();
        let bid = get_as(&app, &cookie, "/v1/me").await.json["bid"].clone();
        let (begin, end) = ("/v1/registrations/start", "/v1/registrations/confirm");
        post_as(&app, "", begin, student("mina@univ.kr", "202610001"))
            .await
            .assert_problem(401, "NOT_SIGNED_IN");
        let started = post_as(&app, &cookie, begin, student("mina@univ.kr", "202610001")).await;
        let done = confirm(&app, &cookie, end, &started).await;
        assert_eq!(
            (done.status, done.json["name_en"].as_str()),
            (200, Some("Sebyeol University")),
            "{}",
            done.text
        );
        // The register names another day of birth: another person of that name.
        let started = post_as(&app, &cookie, begin, student("other@univ.kr", "202610003")).await;
        confirm(&app, &cookie, end, &started).await.assert_problem(409, "REGISTERED_ELSEWHERE");
        // A code of the enrolment is none of this.
        let started = post(&app, "/v1/enrolment/start", student("mina@univ.kr", "202610001")).await;
        confirm(&app, &cookie, end, &started).await.assert_problem(401, "CODE_EXPIRED");
        // By the school's mail she is the same person, with the same account.
        let again = confirm(&app, "", "/v1/enrolment/confirm", &started).await;
        assert_eq!(again.json["bid"], bid, "{}", again.text);
        let vouching = get_as(&app, &cookie, "/v1/me").await.json["registrations"].clone();
        let names: Vec<&str> =
            vouching.as_array().unwrap().iter().map(|one| one["registrar"].as_str().unwrap()).collect();
        assert_eq!(names, ["test", "campus"]);
        node.stop().await;
    });
}

#[test]
fn a_lost_answer_mails_nothing_twice() {
    both(|db| async move {
        let (node, app) = Node::start(db).await;
        let ask = |key: Option<(&'static str, String)>, body: Value| {
            let request = actix_web::test::TestRequest::post().uri("/v1/enrolment/start").set_json(body);
            let request = match key {
                Some(key) => request.insert_header(key),
                None => request,
            };
            send(&app, request)
        };
        ask(None, super::enrolment::mina()).await.assert_problem(400, "IDEMPOTENCY_KEY_MISSING");
        ask(Some(("idempotency-key", "short".into())), super::enrolment::mina())
            .await
            .assert_problem(400, "IDEMPOTENCY_KEY_MISSING");
        let key = fresh_key();
        let first = ask(Some(key.clone()), super::enrolment::mina()).await;
        let second = ask(Some(key.clone()), super::enrolment::mina()).await;
        assert_eq!((first.status, &first.json), (202, &second.json));
        let mails = app.db.run::<_, DbError, _>(|c| outbox::due(c, now_ms(), 10)).await.unwrap();
        assert_eq!(mails.len(), 1);
        // Both at once: one waits for the other and answers the same.
        let both_at_once = fresh_key();
        let twice = || ask(Some(both_at_once.clone()), super::enrolment::mina());
        let (one, two) = futures::join!(twice(), twice());
        assert_eq!((one.status, &one.json), (202, &two.json), "{} {}", one.text, two.text);
        let mails = app.db.run::<_, DbError, _>(|c| outbox::due(c, now_ms(), 10)).await.unwrap();
        assert_eq!(mails.len(), 2);
        let other = json!({ "email": "joon@x.kr", "name": "이준", "birth": "1991-07-30" });
        ask(Some(key), other).await.assert_problem(422, "IDEMPOTENCY_KEY_REUSED");
        node.stop().await;
    });
}
