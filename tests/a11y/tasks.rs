//! Whole tasks by keyboard alone, one after the other in one page that begins
//! without a camera.

use std::time::Duration;

use anyhow::Result;
use serde::Deserialize;
use testkit::{Browser, Figure, until};

/// The UI's own tests do them, too, with a page that nobody sees.
const TASKS: &str = include_str!("../keyboard/tasks.json");

/// How long a page may take for what a key asks of the engine.
const ANSWER: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct Task {
    task: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    keys: Vec<String>,
    /// What is true in the page then.
    check: String,
}

pub async fn run(browser: &Browser) -> Result<Vec<Figure>> {
    let tasks: Vec<Task> = serde_json::from_str(TASKS)?;
    let mut figures = Vec::new();
    for task in tasks {
        let done = task.done(browser).await;
        let figure = Figure::holds(format!("a11y/keys/{}", task.task), done.is_ok());
        figures.push(match done {
            Ok(()) => figure,
            Err(error) => figure.noted(format!("{error:#}")),
        });
    }
    Ok(figures)
}

impl Task {
    async fn done(&self, browser: &Browser) -> Result<()> {
        for Step { keys, check } in &self.steps {
            for key in keys {
                browser.press(key).await?;
            }
            let script = format!("return ({check});");
            until(ANSWER, check, async || {
                // Half a page may have none of what is looked for.
                let holds = browser.run(&script, vec![]).await.unwrap_or_default();
                Ok((holds == true).then_some(()))
            })
            .await?;
        }
        Ok(())
    }
}
