//! Whatever a file holds, reading it ends, in an error or in pictures that lie
//! in it.
#![no_main]

use std::io::Cursor;

use archive::Footage;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let Ok(mut footage) = Footage::read(Cursor::new(file), file.len() as u64) else { return };
    for picture in footage.pictures().to_vec() {
        if let Ok(payload) = footage.payload(&picture) {
            assert!(payload.len() <= file.len());
        }
    }
});
