//! An identity provider's users in the register.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use directory::bearer::Verifier;
use directory::scim::kept::Register;
use directory::scim::router::router;
use directory::scim::user::ENTERPRISE;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::setting::{Setting, now};

fn server(setting: &Setting) -> Router {
    let register = Register {
        store: setting.store.clone(),
        audiences: [("employee".to_owned(), "officer".to_owned())].into(),
        now,
    };
    router(
        register,
        "https://p.test/scim/v2",
        Verifier::new(|_| async { true }),
    )
}

async fn ask(server: &Router, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer x");
    let request = request.body(Body::from(body.to_string())).unwrap();
    let answer = server.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20)
        .await
        .unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn users_become_people_and_stay() {
    let setting = Setting::new().await;
    let server = server(&setting);
    let bob = json!({"userName": "bob", "userType": "Employee", "displayName": "Bob Ray",
        "emails": [{"value": "bob@council.test"}], ENTERPRISE: {"department": "Parks"}});
    let (status, made) = ask(&server, "POST", "/Users", bob.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["id"].as_str().unwrap().to_owned();
    let image = setting.store.image();
    let person = image.people().person(&id.as_str().into()).unwrap();
    assert_eq!(
        (&*person.name, &*person.audience, &person.accounts),
        ("Bob Ray", "officer", &vec!["bob".to_owned()])
    );
    assert_eq!(
        ask(&server, "POST", "/Users", bob).await.0,
        StatusCode::CONFLICT
    );
    let patch = json!({"Operations": [
        {"op": "Replace", "path": "userName", "value": "bob.ray"},
        {"op": "Replace", "path": "active", "value": "False"}]});
    let path = format!("/Users/{id}");
    let (status, kept) = ask(&server, "PATCH", &path, patch).await;
    assert_eq!(
        (status, &kept["active"], &kept["meta"]["version"]),
        (StatusCode::OK, &json!(false), &json!("W/\"2\""))
    );
    let image = setting.store.image();
    assert_eq!(
        image.people().person(&id.as_str().into()).unwrap().accounts,
        ["bob.ray"]
    );
    assert_eq!(
        ask(&server, "DELETE", &path, Value::Null).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        ask(&server, "GET", &path, Value::Null).await.0,
        StatusCode::OK
    );
    let (_, groups) = ask(&server, "GET", "/Groups", Value::Null).await;
    assert_eq!(groups["Resources"][0]["members"][0]["display"], "Bob Ray");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_hr_are_found_by_their_number() {
    let setting = Setting::new().await;
    setting
        .import("employee number,name,audience,start\n7,Ann Lee,officer,2020-01-01\n")
        .await;
    let server = server(&setting);
    let ann = |name: &str, number: &str| json!({"userName": name, "displayName": "A. Lee", ENTERPRISE: {"employeeNumber": number}});
    let (status, made) = ask(&server, "POST", "/Users", ann("ann", "7")).await;
    assert_eq!((status, &made["id"]), (StatusCode::CREATED, &json!("e-7")));
    let image = setting.store.image();
    let person = image.people().person(&"e-7".into()).unwrap();
    // HR knows better what people are called.
    assert_eq!(
        (&*person.name, &person.accounts),
        ("Ann Lee", &vec!["ann".to_owned()])
    );
    assert_eq!(
        ask(&server, "POST", "/Users", ann("other", "7")).await.0,
        StatusCode::CONFLICT
    );
    let (status, said) = ask(&server, "POST", "/Users", json!({"userName": "eve"})).await;
    assert_eq!(
        (status, &said["scimType"]),
        (StatusCode::BAD_REQUEST, &json!("invalidValue"))
    );
    assert_eq!(setting.store.image().people().all().count(), 1);
}
