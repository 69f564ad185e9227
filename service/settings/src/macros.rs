//! The list of keys, and what is made of it.

/// Makes a type of settings: `required` keys, `values` with their defaults, `sections` (tables, with what their keys' variables
/// begin with) and `lists` of tables, each block at most once and in this order.
///
/// The type reads and writes itself as TOML, refuses unknown keys, and has a `Default` unless a key is required; then `with`
/// takes those and leaves all others at their defaults.
#[macro_export]
macro_rules! settings {
    (
        $(#[doc = $about:literal])*
        $vis:vis struct $name:ident {
            $(required { $( $(#[doc = $rdoc:literal])+ $rname:ident : $rtype:ty, )+ })?
            $(values { $( $(#[doc = $doc:literal])+ $field:ident : $type:ty = $default:expr, )+ })?
            $(sections { $( $(#[doc = $sdoc:literal])+ $section:ident : $stype:ty, $prefix:literal, )+ })?
            $(lists { $( $(#[doc = $ldoc:literal])+ $list:ident : $ltype:ty = $ldefault:expr, )+ })?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Eq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        $vis struct $name {
            $($( $(#[doc = $rdoc])+ pub $rname: $rtype, )+)?
            $($( $(#[doc = $doc])+ pub $field: $type, )+)?
            $($( $(#[doc = $sdoc])+ pub $section: $stype, )+)?
            $($( $(#[doc = $ldoc])+ pub $list: $ltype, )+)?
        }

        impl $name {
            /// With the required keys, and every other at its default.
            pub fn with($($( $rname: $rtype, )+)?) -> Self {
                Self {
                    $($( $rname, )+)?
                    $($( $field: $default, )+)?
                    $($( $section: <$stype>::default(), )+)?
                    $($( $list: $ldefault, )+)?
                }
            }
        }

        $crate::settings!(@default $name; $($($rname)+)?);

        impl $crate::Settings for $name {
            fn keys() -> Vec<$crate::Key> {
                let required: Vec<$crate::Key> =
                    vec![$($( $crate::Key::required::<$rtype>(stringify!($rname), concat!($($rdoc),+)), )+)?];
                let values: Vec<$crate::Key> =
                    vec![$($( $crate::Key::value::<$type>(stringify!($field), concat!($($doc),+), &$default), )+)?];
                let sections: Vec<Vec<$crate::Key>> = vec![$($( $crate::Key::within(
                    stringify!($section), $prefix, <$stype as $crate::Settings>::keys()).collect(), )+)?];
                let lists: Vec<$crate::Key> =
                    vec![$($( $crate::Key::list::<$ltype>(stringify!($list), concat!($($ldoc),+), &$ldefault), )+)?];
                let sections = sections.into_iter().flatten();
                required.into_iter().chain(values).chain(sections).chain(lists).collect()
            }
        }
    };
    (@default $name:ident;) => {
        impl Default for $name {
            fn default() -> Self {
                Self::with()
            }
        }
    };
    (@default $name:ident; $($required:ident)+) => {};
}
