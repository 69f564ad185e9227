//! What the nodes have counted.

use std::net::SocketAddr;

/// The sum of all lines of one metric over all nodes; `name` with its labels, or without for whatever labels.
pub async fn counted(nodes: &[SocketAddr], name: &str) -> f64 {
    let mut sum = 0.0;
    for node in nodes {
        let text = reqwest::get(format!("http://{node}/metrics")).await.unwrap().text().await.unwrap();
        sum += total(&text, name);
    }
    sum
}

fn total(text: &str, name: &str) -> f64 {
    let value = |line: &str| {
        let (key, value) = line.rsplit_once(' ')?;
        (key == name || key.split('{').next() == Some(name)).then(|| value.parse::<f64>().ok()).flatten()
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(value).sum()
}

#[test]
fn lines_of_one_metric_are_summed_and_no_other() {
    let text = "# TYPE a counter\na{code=\"X\"} 2\na{code=\"Y\"} 3\nab 7\n";
    assert_eq!((total(text, "a"), total(text, "a{code=\"Y\"}"), total(text, "ab")), (5.0, 3.0, 7.0));
}
