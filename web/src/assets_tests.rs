#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use super::*;

fn built() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut names = serde_json::Map::new();
    for name in REQUIRED {
        let hashed = format!("h-{name}");
        fs::write(dir.path().join(&hashed), name).unwrap();
        names.insert(name.to_owned(), hashed.into());
    }
    fs::write(dir.path().join("manifest.json"), serde_json::json!({ "files": names }).to_string()).unwrap();
    dir
}

#[test]
fn a_built_folder_is_served_by_hashed_names_only() {
    let dir = built();
    let assets = Assets::load(dir.path()).unwrap();
    assert_eq!(assets.url("dure.css"), "/static/h-dure.css");
    let css = assets.get("h-dure.css").unwrap();
    assert_eq!((css.content_type, css.bytes.as_slice()), ("text/css; charset=utf-8", b"dure.css".as_slice()));
    assert_eq!(css.etag.len(), 34);
    for outside in ["manifest.json", "../Cargo.toml", "/etc/passwd", "", "h-dure.css/"] {
        assert!(assets.get(outside).is_none(), "{outside}");
    }
}

#[test]
fn an_absent_or_incomplete_folder_says_what_to_do() {
    let missing = Assets::load(Path::new("/nonexistent")).unwrap_err();
    assert_eq!(missing.code(), "ASSETS_MISSING");
    assert!(missing.to_string().contains("make web"));

    let dir = built();
    fs::remove_file(dir.path().join("h-till.js")).unwrap();
    let incomplete = Assets::load(dir.path()).unwrap_err();
    assert_eq!(incomplete.code(), "ASSETS_INCOMPLETE");
    assert!(incomplete.to_string().contains("h-till.js"));
}

#[test]
fn a_folder_full_of_other_things_is_refused() {
    let dir = built();
    for n in 0..MAX_FILES {
        fs::write(dir.path().join(format!("{n}.txt")), "x").unwrap();
    }
    assert_eq!(Assets::load(dir.path()).unwrap_err().code(), "ASSETS_TOO_LARGE");
}

#[test]
fn the_package_s_folders_are_found_from_its_programs() {
    let found = installed_beside(Path::new("/usr/lib/dure/wallet-api"), "web");
    assert_eq!(found.as_deref(), Some(Path::new("/usr/share/dure/web")));
    assert_eq!(installed_beside(Path::new("/wallet-api"), "web"), None);
}
