//! `integrations/prometheus` in a real Prometheus that watches a real server: every panel of the dashboard has
//! something to show, and every alert can be evaluated.
//!
//! No Grafana draws it here. The file is read strictly instead, as the types of `@grafana/schema` have it, so
//! that a word Grafana does not know is found; and Prometheus is asked what Grafana would ask for each panel.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use end_to_end::numbered::is_possible;
use end_to_end::ports;
use end_to_end::process::{Process, wait_until};
use jiff::{ToSpan as _, Zoned};
use serde::Deserialize;
use serde_json::Value;

use super::Serving;

const PROGRAM: &str = "/usr/bin/prometheus";

/// Two scrapes have to be there before anything has a rate, and they come once a second.
const WITHIN: Duration = Duration::from_secs(60);

/// The council's people, of whom one leaves on a day, or on none.
fn people(last_day: &str) -> String {
    format!(
        "employee number,name,audience,directorate,manager number,contract start,last working day,email,account\n\
         1001,Morwenna Pryce,officer,Place,,01/04/2020,,m.pryce@council.example,mpryce\n\
         1002,Ada Reyes,officer,Place,1001,30/04/2020,{last_day},a.reyes@council.example,areyes\n"
    )
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../integrations/prometheus")
}

/// A dashboard of Grafana, as far as ours goes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Dashboard {
    title: String,
    uid: String,
    schema_version: u32,
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "refresh")]
    _refresh: String,
    #[serde(rename = "time")]
    _time: Range,
    #[serde(rename = "tags")]
    _tags: Vec<String>,
    templating: Templating,
    panels: Vec<Panel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    #[serde(rename = "from")]
    _from: String,
    #[serde(rename = "to")]
    _to: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Templating {
    list: Vec<Variable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Variable {
    name: String,
    #[serde(rename = "label")]
    _label: String,
    r#type: String,
    query: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Panel {
    id: u32,
    r#type: String,
    title: String,
    description: String,
    datasource: DataSource,
    grid_pos: Place,
    targets: Vec<Target>,
    field_config: FieldConfig,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DataSource {
    r#type: String,
    uid: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    x: u32,
    y: u32,
    w: u32,
    h: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Target {
    expr: String,
    legend_format: String,
    ref_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldConfig {
    defaults: Defaults,
    overrides: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    unit: String,
    #[serde(default)]
    thresholds: Option<Thresholds>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Thresholds {
    mode: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(rename = "color")]
    _color: String,
    value: Option<f64>,
}

fn dashboard() -> Dashboard {
    let text = std::fs::read_to_string(folder().join("dashboard.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Grafana's grid is 24 wide, and what overlaps in it is moved.
#[test]
fn the_dashboard_is_what_grafana_reads() {
    let dashboard = dashboard();
    assert_eq!((&*dashboard.title, &*dashboard.uid), ("Probity", "probity"));
    // Grafana 10.3 and later; later ones bring it up to theirs.
    assert_eq!(dashboard.schema_version, 39);
    let [source] = &dashboard.templating.list[..] else {
        panic!("{:?}", dashboard.templating);
    };
    assert_eq!(
        (&*source.r#type, &*source.query),
        ("datasource", "prometheus")
    );
    let mut taken = std::collections::BTreeSet::new();
    for (n, panel) in (1..).zip(&dashboard.panels) {
        let of = &panel.title;
        assert_eq!(panel.id, n, "{of}");
        assert!(["stat", "timeseries"].contains(&&*panel.r#type), "{of}");
        assert!(!panel.description.is_empty(), "{of}");
        assert_eq!(panel.datasource.r#type, "prometheus", "{of}");
        assert_eq!(
            panel.datasource.uid,
            format!("${{{}}}", source.name),
            "{of}"
        );
        let units = ["short", "bytes", "ops", "s"];
        assert!(units.contains(&&*panel.field_config.defaults.unit), "{of}");
        assert!(panel.field_config.overrides.is_empty(), "{of}");
        if let Some(thresholds) = &panel.field_config.defaults.thresholds {
            assert_eq!(thresholds.mode, "absolute", "{of}");
            // The first holds for everything below the second.
            assert_eq!(thresholds.steps[0].value, None, "{of}");
        }
        let refs: Vec<_> = panel.targets.iter().map(|target| &*target.ref_id).collect();
        assert_eq!(refs, &["A", "B", "C"][..refs.len()], "{of}");
        let Place { x, y, w, h } = panel.grid_pos;
        assert!(x + w <= 24, "{of}");
        for place in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
            assert!(taken.insert(place), "{of} lies on another");
        }
    }
}

/// A running Prometheus.
struct Prometheus {
    address: SocketAddr,
    _process: Process,
}

impl Prometheus {
    /// Starts one that looks at a server every second, with our alerts.
    fn start(folder: &Path, status: &str) -> Self {
        let ours = std::fs::read_to_string(self::folder().join("prometheus.yml")).unwrap();
        let config = ours
            .replace("127.0.0.1:9750", status)
            .replace("scrape_interval: 15s", "scrape_interval: 1s")
            .replace(
                "alerts.yml",
                self::folder().join("alerts.yml").to_str().unwrap(),
            );
        assert!(
            config.contains(status) && config.contains(" 1s"),
            "{config}"
        );
        let file = folder.join("prometheus.yml");
        std::fs::write(
            &file,
            format!("global: {{evaluation_interval: 1s}}\n{config}"),
        )
        .unwrap();
        let address = ports::free().unwrap();
        let log = std::fs::File::create(folder.join("prometheus.log")).unwrap();
        let process = Process::start(
            Command::new(PROGRAM)
                .arg(format!("--config.file={}", file.display()))
                .arg(format!(
                    "--storage.tsdb.path={}",
                    folder.join("tsdb").display()
                ))
                .arg(format!("--web.listen-address={address}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log),
        );
        Self {
            address,
            _process: process.unwrap(),
        }
    }

    /// What its API says; nothing while it does not answer.
    fn ask(&self, path: &str) -> Option<Value> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        // An old client gets its answer in one piece.
        let request = format!("GET {path} HTTP/1.0\r\nHost: here\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        serde_json::from_str(body).ok()
    }

    /// Waits until it has values for an expression; their labels.
    fn values(&self, expr: &str) -> Vec<Value> {
        let encoded: String = expr.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let (mut values, mut said) = (Vec::new(), None);
        let there = wait_until("values", WITHIN, || {
            said = self.ask(&format!("/api/v1/query?query={encoded}"));
            let result = said.as_ref().map(|said| &said["data"]["result"]);
            values = result
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            !values.is_empty()
        });
        assert!(there.is_ok(), "{expr}: {said:?}");
        values
    }
}

#[test]
fn prometheus_has_something_for_every_panel_and_evaluates_every_alert() {
    let missing = (!Path::new(PROGRAM).exists())
        .then(|| "prometheus is missing (apt-get install prometheus)".to_owned());
    if !is_possible(missing) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let config = path("probity.toml");
    let text = format!(
        "data_dir = \"{0}/data\"\npack = \"walsall\"\n\
         [people]\ndatabase = \"sqlite://{0}/people.db?mode=rwc\"\n\
         [people.council]\ndomains = [\"council.example\"]\n\
         [lake]\n\
         [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\n\
         [status]\nlisten = \"127.0.0.1:0\"\n",
        folder.path().display()
    );
    std::fs::write(&config, text).unwrap();
    // Somebody who leaves makes tasks.
    let leaves = Zoned::now().checked_add(90.days()).unwrap();
    for last_day in [String::new(), leaves.strftime("%d/%m/%Y").to_string()] {
        std::fs::write(path("people.csv"), people(&last_day)).unwrap();
        let imported = Command::new(env!("CARGO_BIN_EXE_probity"))
            .args(["import", "hr", &path("people.csv"), "--config", &config])
            .output()
            .unwrap();
        assert!(imported.status.success(), "{imported:?}");
    }
    // So that a part is in trouble: a file where figures have their folder.
    std::fs::create_dir_all(path("data")).unwrap();
    std::fs::write(path("data/reports"), "").unwrap();
    let serving = Serving::start(&config);
    let prometheus = Prometheus::start(folder.path(), &serving.status);

    for panel in dashboard().panels {
        for target in panel.targets {
            let labels = prometheus.values(&target.expr);
            // What a legend names is there.
            let names = target.legend_format.split("{{").skip(1);
            for name in names.map(|rest| rest.split("}}").next().unwrap()) {
                let named = |value: &Value| value["metric"][name].is_string();
                assert!(
                    labels.iter().all(named),
                    "{}: {name}: {labels:?}",
                    panel.title
                );
            }
        }
    }
    let mut rules = Vec::new();
    let evaluated = wait_until("the alerts", WITHIN, || {
        let said = prometheus.ask("/api/v1/rules").unwrap_or_default();
        let group = said["data"]["groups"][0]["rules"].as_array();
        rules = group.cloned().unwrap_or_default();
        let state = |name: &str| {
            let rule = rules.iter().find(|rule| rule["name"] == name);
            rule.map(|rule| rule["state"].clone())
        };
        !rules.is_empty()
            && rules.iter().all(|rule| rule["health"] == "ok")
            && state("ProbityPartInTrouble") == Some("pending".into())
            && state("ProbityIsAway") == Some("inactive".into())
    });
    assert!(evaluated.is_ok(), "{rules:?}");
}
