//! Chooses the fastest of WebKitGTK's renderers.
//!
//! Its DMABUF renderer is right wherever a GPU draws. Without one it costs
//! twice as much as the one before it, and compositing costs three times as
//! much as none (docs/decisions/0006-software-compositing.md). The page cannot
//! tell the two cases apart, since WebKit names the same GPU in both; the
//! kernel can: a GPU has a render node, and a driver that does more than show
//! a picture.

/// Chooses, and starts this program anew where the choice must be in its
/// environment. Does nothing on other systems.
#[cfg(not(target_os = "linux"))]
pub fn choose() -> anyhow::Result<()> {
    Ok(())
}

/// Chooses, and starts this program anew where the choice must be in its
/// environment.
#[cfg(target_os = "linux")]
pub fn choose() -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;

    const VARIABLES: [&str; 2] =
        ["WEBKIT_DISABLE_DMABUF_RENDERER", "WEBKIT_DISABLE_COMPOSITING_MODE"];
    if VARIABLES.iter().all(|it| std::env::var_os(it).is_some()) || !is_software() {
        return Ok(());
    }
    // Changing a running process's environment is not sound once it has
    // threads; a new image in the same process is.
    let error = std::process::Command::new(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .envs(VARIABLES.map(|it| (it, "1")))
        .exec();
    Err(error.into())
}

/// Whether nothing but the processor draws. Browsers of other systems tell their pages.
pub fn is_software() -> bool {
    #[cfg(target_os = "linux")]
    return !has_gpu(std::path::Path::new("/sys/class/drm"));
    #[cfg(not(target_os = "linux"))]
    return false;
}

#[cfg(target_os = "linux")]
fn has_gpu(drm: &std::path::Path) -> bool {
    /// Drivers with a render node and nothing behind it that draws.
    const DISPLAY_ONLY: [&str; 4] = ["vgem", "vkms", "simpledrm", "bochs-drm"];

    let Ok(nodes) = std::fs::read_dir(drm) else { return false };
    nodes.flatten().any(|node| {
        let is_render_node = node.file_name().to_string_lossy().starts_with("renderD");
        let driver = std::fs::canonicalize(node.path().join("device/driver"));
        let driver = driver.ok().and_then(|path| Some(path.file_name()?.to_owned()));
        is_render_node
            && driver.is_some_and(|driver| !DISPLAY_ONLY.iter().any(|name| driver == *name))
    })
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// Lays out a tree as under /sys/class/drm: node names with their drivers.
    fn check(nodes: &[(&str, &str)], expected: bool) {
        let root = std::env::temp_dir().join(format!("tessera-drm-{}", std::process::id()));
        for (node, driver) in nodes {
            let driver = root.join("drivers").join(driver);
            fs::create_dir_all(&driver).unwrap();
            let device = root.join("drm").join(node).join("device");
            fs::create_dir_all(&device).unwrap();
            symlink(&driver, device.join("driver")).unwrap();
        }
        let found = has_gpu(&root.join("drm"));
        fs::remove_dir_all(&root).ok();
        assert_eq!(found, expected, "{nodes:?}");
    }

    #[test]
    fn a_gpu_is_a_render_node_with_a_drawing_driver() {
        check(&[], false);
        check(&[("card0", "bochs-drm")], false);
        check(&[("card0", "i915"), ("renderD128", "i915")], true);
        check(&[("renderD128", "vgem")], false);
    }
}
