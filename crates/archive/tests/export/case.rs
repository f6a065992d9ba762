//! What somebody calls an export is its folder's name and on its page, and can
//! do nothing there.

use crate::clip::Clip;
use crate::rig::{Rig, STREAM, manifest, run};
use media::Codec;

#[test]
fn a_name_and_a_note_go_with_it() {
    let mut rig = Rig::new();
    let encoder = ["libx264", "-g", "50", "-bf", "0", "-preset", "ultrafast"];
    let clip = Clip::make(rig.place.path(), Codec::H264, &encoder, 4);
    rig.record(STREAM, &clip.units, &[], 0);
    let mut request = rig.request(0, 2_000_000);
    request.name = "../Dock 3: <script>alert(1)</script>".into();
    request.note = "forklift & gate".into();
    let done = run(request).unwrap();
    assert_eq!(done.path.parent(), Some(&*rig.dest()));
    let folder = done.path.file_name().unwrap().to_str().unwrap();
    assert!(folder.starts_with("_Dock 3_ _script_alert(1)__script_ 20"), "{folder}");
    let said = manifest(&done.path);
    assert_eq!(said["name"], "../Dock 3: <script>alert(1)</script>");
    assert_eq!(said["note"], "forklift & gate");
    let page = std::fs::read_to_string(done.path.join("index.html")).unwrap();
    assert!(page.contains("Dock 3"));
    assert!(!page.contains("<script>alert"));
}
