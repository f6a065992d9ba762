//! axe-core, in the page.

use anyhow::{Context, Result};
use serde_json::json;
use testkit::{Browser, Figure, programs};

pub struct Axe {
    code: String,
}

/// All rules, or those of colours alone.
const LOOK: &str = "
    const [isAll, done] = arguments;
    const rules = isAll ? {} : { runOnly: { type: 'rule', values: ['color-contrast'] } };
    const said = ({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`);
    axe.run(document, { resultTypes: ['violations'], ...rules })
        .then(({ violations }) => done(violations.flatMap(said)), (error) => done([`${error}`]));
";

const WRONG: &str = "
    const wrong = document.createElement('div');
    wrong.id = 'wrong';
    const text = document.createElement('span');
    text.textContent = 'grey';
    text.style.cssText = 'color: #777777; background: #888888';
    wrong.append(document.createElement('button'), text);
    document.querySelector('main section').prepend(wrong);
";

impl Axe {
    pub fn new() -> Result<Self> {
        let path = programs::checkout()?.join("ui/node_modules/axe-core/axe.min.js");
        let code = std::fs::read_to_string(&path);
        Ok(Self { code: code.with_context(|| format!("reading {}", path.display()))? })
    }

    /// What it finds on what is shown; by all its rules, or by those that
    /// depend on the theme.
    pub async fn look(&self, browser: &Browser, name: &str, is_all: bool) -> Result<Figure> {
        let found = self.violations(browser, is_all).await?;
        let figure = Figure::exactly(format!("a11y/{name}"), found.len() as f64, "violations", 0.0);
        Ok(if found.is_empty() { figure } else { figure.noted(found.join("; ")) })
    }

    /// Whether it finds what is wrong on purpose: a button that says nothing,
    /// and grey on grey.
    pub async fn finds(&self, browser: &Browser) -> Result<Figure> {
        browser.run(WRONG, vec![]).await?;
        let all = self.violations(browser, true).await?;
        let colours = self.violations(browser, false).await?;
        browser.run("document.querySelector('#wrong').remove();", vec![]).await?;
        let has = |found: &[String], rule: &str| found.iter().any(|it| it.starts_with(rule));
        let finds = has(&all, "button-name") && has(&colours, "color-contrast");
        Ok(Figure::holds("a11y/finds", finds))
    }

    async fn violations(&self, browser: &Browser, is_all: bool) -> Result<Vec<String>> {
        if browser.run("return typeof axe;", vec![]).await? == "undefined" {
            browser.run(&format!("{}\nwindow.axe = axe;", self.code), vec![]).await?;
        }
        let found = browser.answer(LOOK, vec![json!(is_all)]).await?;
        serde_json::from_value(found).context("what axe found")
    }
}
