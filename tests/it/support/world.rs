//! A world for one test: a newsroom on loopback, a config that points at it, and the real binary run against both.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use wirewatch::demo::newsroom::{FeedFormat, Newsroom, Serving};

/// `[terms]` and the starter topic, as the contract gives them.
pub(crate) const TOPIC: &str = r#"
[terms]
us    = ["=US", "U.S.", "United States", "Washington", "White House", "American"]
china = { any = ["China", "Chinese", "Beijing", "Sino"], none = ["China Airlines", "bone china", "South China Morning Post"], zh = ["中国", "北京"] }
talks = ["talks", "negotiat*", "summit", "dialogue", "delegation", "meet", "phone call", "truce", "deal", "agreement", "accord"]

[[topic]]
id = "us-china-talks"
name = "US–China talks"
query = '$us NEAR/15 $china NEAR/15 $talks'
notify = ["desk", "ops"]
on = ["match", "revision", "gone"]
"#;

pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) newsroom: Newsroom,
    pub(crate) serving: Serving,
    // The newsroom answers on this runtime's threads while the binary runs.
    _runtime: tokio::runtime::Runtime,
}

impl World {
    /// Opens sites `(id, name, host, format)`, each a source of its own, all with `backlog = "notify"`.
    pub(crate) fn open(sites: &[(&str, &str, FeedFormat)]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let newsroom = Newsroom::new();
        let serving = runtime.block_on(newsroom.serve()).unwrap();
        let world = Self { dir: tempfile::tempdir().unwrap(), newsroom, serving, _runtime: runtime };
        for (name, host, format) in sites {
            world.newsroom.open(name, host, *format);
        }
        world.configure(TOPIC);
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes the config: the newsroom's sites as sources, a digest channel `desk`, a webhook `ops`, and `extra`.
    pub(crate) fn configure(&self, extra: &str) {
        let addr = self.serving.addr;
        let hosts = self.newsroom.hosts();
        let resolve: Vec<String> = hosts
            .iter()
            .map(String::as_str)
            .chain(["hooks.test"])
            .map(|host| format!("\"{host}\" = \"{addr}\""))
            .collect();
        std::fs::write(self.path("secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let mut text = format!(
            "[store]\npath = \"watch.db\"\n[fetch]\ncontact = \"tests@wirewatch.invalid\"\nmin_delay = \"0s\"\nallow_private = \
             [\"127.0.0.0/8\"]\nresolve = {{ {} }}\n",
            resolve.join(", ")
        );
        for host in &hosts {
            let id = host.trim_end_matches(".test");
            let mut kind = "feed";
            self.newsroom.with_site(host, |site| {
                if site.format == FeedFormat::Sitemap {
                    kind = "sitemap";
                }
            });
            writeln!(text, "[[source]]\nid = \"{id}\"\n{kind} = \"http://{host}/feed\"\nbacklog = \"notify\"").unwrap();
        }
        text.push_str(
            "[[channel]]\nid = \"desk\"\ntype = \"email\"\nto = [\"desk@wirewatch.invalid\"]\nfrom = \
             \"watch@wirewatch.invalid\"\ndirectory = \"digests\"\ncron = \"0 7 * * *\"\ntimezone = \"UTC\"\n\
             [[channel]]\nid = \"ops\"\ntype = \"webhook\"\nurl = \"http://hooks.test/hook\"\nsecret = { file = \"secret\" }\n",
        );
        text.push_str(extra);
        std::fs::write(self.path("wirewatch.toml"), text).unwrap();
    }

    /// Runs the real binary with this world's config.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        wirewatch(&self.path("wirewatch.toml"), args)
    }

    /// Runs the binary, which must succeed, and gives its JSON lines.
    pub(crate) fn json(&self, args: &[&str]) -> Vec<Value> {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// One cycle, with a second look at everything tracked.
    pub(crate) fn cycle(&self) -> Value {
        self.json(&["poll", "--recheck", "--json"]).remove(0)
    }

    /// The archive as `export` gives it, only one kind of line.
    pub(crate) fn export(&self, kind: &str) -> Vec<Value> {
        self.json(&["export"]).into_iter().filter(|line| line["kind"] == kind).collect()
    }

    /// The types of the webhooks received, in order.
    pub(crate) fn hook_types(&self) -> Vec<String> {
        let bodies = self.newsroom.hooks().into_iter().map(|one| serde_json::from_slice::<Value>(&one.body).unwrap());
        bodies.map(|body| body["type"].as_str().unwrap().to_owned()).collect()
    }
}

/// Runs the binary.
pub(crate) fn wirewatch(config: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wirewatch")).arg("--config").arg(config).args(args).output().unwrap()
}
