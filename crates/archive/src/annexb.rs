//! H.264 with start codes (ITU-T H.264, annex B), made fit for files, whose
//! units have lengths instead (ISO/IEC 14496-15).

use std::sync::Arc;

use bytes::Bytes;
use media::{Codec, VideoFormat};

/// Kinds of NAL units.
const SEQUENCE_SET: u8 = 7;
const PICTURE_SET: u8 = 8;
const DELIMITER: u8 = 9;

/// What a unit of `format` says of itself, as a format with an `avcC`; nothing
/// where it does not say.
pub fn format(format: &VideoFormat, payload: &Bytes) -> Option<Arc<VideoFormat>> {
    if format.codec != Codec::H264 {
        return None;
    }
    let of_kind = |kind: u8| {
        let found = units(payload).into_iter().find(|it| it[0] & 0x1f == kind);
        found.filter(|it| it.len() >= 4 && u16::try_from(it.len()).is_ok())
    };
    let sequence = of_kind(SEQUENCE_SET)?;
    let picture = of_kind(PICTURE_SET)?;
    // Profile, compatibility and level are the set's own bytes; lengths are of four bytes.
    let mut record = vec![1, sequence[1], sequence[2], sequence[3], 0xff, 0xe1];
    for (index, set) in [sequence, picture].into_iter().enumerate() {
        if index == 1 {
            record.push(1);
        }
        record.extend((set.len() as u16).to_be_bytes());
        record.extend(&set);
    }
    Some(Arc::new(VideoFormat { extradata: record.into(), ..format.clone() }))
}

/// The payload with lengths, none of it copied.
pub fn pieces(payload: &Bytes) -> Vec<Bytes> {
    let units = units(payload).into_iter().filter(|it| it[0] & 0x1f != DELIMITER);
    let with_length = |unit: Bytes| {
        let length = (unit.len() as u32).to_be_bytes();
        [Bytes::copy_from_slice(&length), unit]
    };
    units.flat_map(with_length).collect()
}

/// The NAL units between start codes, none of them empty.
fn units(payload: &Bytes) -> Vec<Bytes> {
    let mut units = Vec::new();
    let mut begin = None;
    let mut at = 0;
    while at + 3 <= payload.len() {
        if payload[at..at + 3] == [0, 0, 1] {
            push(&mut units, payload, begin, at);
            begin = Some(at + 3);
            at += 3;
        } else {
            at += 1;
        }
    }
    push(&mut units, payload, begin, payload.len());
    units
}

fn push(units: &mut Vec<Bytes>, payload: &Bytes, begin: Option<usize>, end: usize) {
    let Some(begin) = begin else { return };
    // Zeros before a start code belong to neither unit.
    let zeros = payload[begin..end].iter().rev().take_while(|byte| **byte == 0).count();
    if begin < end - zeros {
        units.push(payload.slice(begin..end - zeros));
    }
}

#[cfg(test)]
mod tests {
    use media::{Rotation, Size};

    use super::*;

    fn h264() -> VideoFormat {
        VideoFormat {
            codec: Codec::H264,
            extradata: Bytes::new(),
            size: Size::default(),
            sample_aspect: None,
            rotation: Rotation::None,
            matrix: None,
            range: None,
            field_order: None,
        }
    }

    #[test]
    fn start_codes_become_lengths() {
        let payload =
            b"\0\0\0\x01\x09\x10\0\0\x01\x67\x42\xc0\x1e\0\0\x01\x68\xce\x0f\xc8\0\0\x01\x65\x88\0";
        let payload = Bytes::from_static(payload);
        let whole: Vec<u8> = pieces(&payload).concat();
        assert_eq!(
            whole,
            b"\0\0\0\x04\x67\x42\xc0\x1e\0\0\0\x04\x68\xce\x0f\xc8\0\0\0\x02\x65\x88"
        );
        let expected = b"\x01\x42\xc0\x1e\xff\xe1\0\x04\x67\x42\xc0\x1e\x01\0\x04\x68\xce\x0f\xc8";
        assert_eq!(format(&h264(), &payload).unwrap().extradata[..], expected[..]);
    }

    #[test]
    fn what_has_no_sets_has_no_format() {
        for payload in
            [&b""[..], b"\0\0\x01", b"\0\0\x01\x67", b"\0\0\x01\x67\x42\xc0\x1e", b"\x67"]
        {
            let payload = Bytes::from_static(payload);
            assert_eq!(format(&h264(), &payload), None, "{payload:?}");
            pieces(&payload);
        }
    }
}
