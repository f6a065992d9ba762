//! Which delivery a viewer gets of a stream, and why.

use media::{Codec, FieldOrder, VideoFormat};
use protocol::{Delivery, Failure, FailureCode};

/// What a viewer takes.
#[derive(Clone, Debug)]
pub struct Accepts {
    /// The best first.
    pub deliveries: Vec<Delivery>,
    /// Codecs of access units, by FFmpeg's short names; any where nothing is said.
    pub codecs: Option<Vec<String>>,
}

/// What it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// How pictures are delivered.
    pub delivery: Delivery,
    /// Why: a sentence for people.
    pub reason: String,
}

impl Accepts {
    /// The first delivery there is of a stream that is encoded as `format`;
    /// before that is known, the one hoped for.
    pub fn choose(&self, format: Option<&VideoFormat>) -> Result<Choice, Failure> {
        let mut obstacle = None;
        for delivery in &self.deliveries {
            let reason = match (delivery, format) {
                (Delivery::Planes, _) => "The viewer is on the same machine.".to_owned(),
                (Delivery::Jpeg, _) => "The viewer asks for JPEG files.".to_owned(),
                (Delivery::Encoded, None) => "What the camera sends is not known yet.".to_owned(),
                (Delivery::Encoded, Some(format)) => match self.obstacle(format) {
                    None => format!("The viewer decodes {} itself.", title(format)),
                    Some(sentence) => {
                        obstacle = Some(sentence);
                        continue;
                    }
                },
            };
            return Ok(Choice { delivery: *delivery, reason: obstacle.unwrap_or(reason) });
        }
        let sentence = match obstacle {
            Some(sentence) => format!("{sentence} It takes nothing else."),
            None => "The viewer takes none of the deliveries there are.".to_owned(),
        };
        Err(Failure::new(FailureCode::Unsupported, sentence))
    }

    /// The first delivery there is of recorded pictures, each of which is to be
    /// exact: the server decodes them.
    pub fn choose_decoded(&self) -> Result<Choice, Failure> {
        let is_decoded = |it: &&Delivery| **it != Delivery::Encoded;
        let deliveries = self.deliveries.iter().filter(is_decoded).copied().collect();
        let accepts = Self { deliveries, codecs: None };
        let choice = accepts.choose(None)?;
        let reason = "The server decodes what is recorded, so that each picture is exact.";
        Ok(Choice { reason: reason.to_owned(), ..choice })
    }

    /// Why units of `format` are of no use to the viewer.
    fn obstacle(&self, format: &VideoFormat) -> Option<String> {
        let name = format.codec.name();
        if self.codecs.as_ref().is_some_and(|codecs| !codecs.iter().any(|codec| codec == name)) {
            return Some(format!("The viewer does not decode {}.", title(format)));
        }
        // Browsers take red, green and blue for luma and chroma there.
        if has_whole_chroma(format) {
            return Some("The viewer may show other colours of H.264 4:4:4.".to_owned());
        }
        match format.field_order {
            Some(FieldOrder::TopFirst | FieldOrder::BottomFirst) => {
                Some("The viewer shows no interlaced pictures.".to_owned())
            }
            Some(FieldOrder::Progressive) | None => None,
        }
    }
}

/// Whether an `avcC` record names a profile of 4:4:4 (ITU-T H.264, A.2), in
/// which alone there are red, green and blue.
fn has_whole_chroma(format: &VideoFormat) -> bool {
    const PROFILES: [u8; 2] = [44, 244];
    let profile = format.extradata.get(1);
    format.codec == Codec::H264 && profile.is_some_and(|it| PROFILES.contains(it))
}

/// What people call the codec.
fn title(format: &VideoFormat) -> String {
    match format.codec.name() {
        "h264" => "H.264".to_owned(),
        "hevc" => "H.265".to_owned(),
        other => other.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use media::{Rotation, Size};

    fn encoded(codec: Codec) -> VideoFormat {
        VideoFormat {
            codec,
            extradata: Bytes::new(),
            size: Size::default(),
            sample_aspect: None,
            rotation: Rotation::None,
            matrix: None,
            range: None,
            field_order: None,
        }
    }

    #[track_caller]
    fn check(
        deliveries: &[Delivery],
        codecs: Option<&[&str]>,
        format: Option<VideoFormat>,
        expected: (Delivery, &str),
    ) {
        let codecs = codecs.map(|codecs| codecs.iter().map(|&codec| codec.to_owned()).collect());
        let accepts = Accepts { deliveries: deliveries.to_vec(), codecs };
        let choice = accepts.choose(format.as_ref()).unwrap();
        assert_eq!((choice.delivery, choice.reason.as_str()), expected);
    }

    const BROWSER: [Delivery; 2] = [Delivery::Encoded, Delivery::Jpeg];

    #[test]
    fn the_first_that_there_is_of_the_stream() {
        let window = [Delivery::Planes, Delivery::Jpeg];
        let same = (Delivery::Planes, "The viewer is on the same machine.");
        check(&window, Some(&[]), Some(encoded(Codec::H265)), same);
        let itself = (Delivery::Encoded, "The viewer decodes H.264 itself.");
        check(&BROWSER, Some(&["h264"]), Some(encoded(Codec::H264)), itself);
        check(&BROWSER, None, Some(encoded(Codec::H264)), itself);
        let asked = (Delivery::Jpeg, "The viewer asks for JPEG files.");
        check(&[Delivery::Jpeg], None, Some(encoded(Codec::H264)), asked);
    }

    #[test]
    fn what_is_in_the_way_of_a_better_one_is_the_reason() {
        let other = (Delivery::Jpeg, "The viewer does not decode H.265.");
        check(&BROWSER, Some(&["h264", "mjpeg"]), Some(encoded(Codec::H265)), other);
        let mut interlaced = encoded(Codec::H264);
        interlaced.field_order = Some(FieldOrder::BottomFirst);
        let fields = (Delivery::Jpeg, "The viewer shows no interlaced pictures.");
        check(&BROWSER, Some(&["h264"]), Some(interlaced), fields);
        let mut whole = encoded(Codec::H264);
        whole.extradata = Bytes::from_static(&[1, 244, 0, 31]);
        let other = (Delivery::Jpeg, "The viewer may show other colours of H.264 4:4:4.");
        check(&BROWSER, Some(&["h264"]), Some(whole), other);
    }

    #[test]
    fn the_best_is_hoped_for_before_anything_is_known() {
        let hope = (Delivery::Encoded, "What the camera sends is not known yet.");
        check(&BROWSER, Some(&["h264"]), None, hope);
    }

    #[test]
    fn who_can_be_given_nothing_is_told_why() {
        let accepts = Accepts { deliveries: vec![Delivery::Encoded], codecs: Some(Vec::new()) };
        let failure = accepts.choose(Some(&encoded(Codec::H265))).unwrap_err();
        assert_eq!(failure.message, "The viewer does not decode H.265. It takes nothing else.");
        let nothing = Accepts { deliveries: Vec::new(), codecs: None };
        assert_eq!(nothing.choose(None).unwrap_err().code, FailureCode::Unsupported);
    }
}
