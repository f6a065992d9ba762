//! What was recorded of real cameras, and how it is to be read: sizes are those
//! of the announced parameter sets, cropped; sound is the first that is known.

use testkit::CameraCodec::{self, H264, H265};

use super::elementary::SIZE;
use super::packets::Source;

/// One camera.
pub struct Recorded {
    pub name: &'static str,
    /// Answers to DESCRIBE, or session descriptions alone; the usual if nothing.
    pub describe: Option<&'static str>,
    pub setups: &'static [&'static str],
    pub play: Option<&'static str>,
    /// Answers to other requests.
    pub others: &'static [(&'static str, &'static str)],
    /// The refusal of whoever does not log in.
    pub unauthorized: Option<&'static str>,
    pub is_udp: bool,
    /// How its packets begin, as it announces.
    pub source: (u8, u32, u16, u32),
    pub codec: CameraCodec,
    pub size: (u32, u32),
    pub sound: Option<&'static str>,
}

const AAC: Option<&str> = Some("aac");
const PCMU: Option<&str> = Some("pcm_mulaw");
const PCMA: Option<&str> = Some("pcm_alaw");

const USUAL: Recorded = Recorded {
    name: "",
    describe: None,
    setups: &[],
    play: None,
    others: &[],
    unauthorized: None,
    is_udp: false,
    source: (96, 0x5eed, 1, 0),
    codec: H264,
    size: SIZE,
    sound: None,
};

pub const ALL: &[Recorded] = &[
    Recorded {
        name: "anjvision",
        describe: Some("anjvision_describe.txt"),
        codec: H265,
        size: (1280, 704),
        ..USUAL
    },
    Recorded {
        name: "anpviz",
        describe: Some("anpviz_sdp.txt"),
        size: (704, 576),
        // It says "MPEG4-GENERIC/16000/2" of the static payload type 0, and not
        // how its packets are laid out.
        sound: None,
        ..USUAL
    },
    Recorded {
        name: "bunny",
        describe: Some("bunny_describe.txt"),
        setups: &["bunny_setup.txt"],
        play: Some("bunny_play.txt"),
        source: (97, 0x1c73_08a2, 1, 0),
        size: (240, 160),
        sound: AAC,
        ..USUAL
    },
    Recorded {
        name: "bad-rtptime",
        describe: Some("response.txt"),
        play: Some("bad_rtptime.txt"),
        source: (97, 0x1c73_08a2, 1, 77),
        size: (240, 160),
        sound: AAC,
        ..USUAL
    },
    Recorded {
        name: "dahua-h264",
        describe: Some("dahua_describe_h264_aac_onvif.txt"),
        setups: &["dahua_setup.txt"],
        play: Some("dahua_play.txt"),
        others: &[("OPTIONS", "dahua_options.txt")],
        source: (96, 0x30a9_8ee7, 47_121, 3_475_222_385),
        size: (704, 480),
        sound: AAC,
        ..USUAL
    },
    Recorded {
        name: "dahua-h265",
        describe: Some("dahua_describe_h265_pcma.txt"),
        source: (98, 0x5eed, 1, 0),
        codec: H265,
        size: (704, 480),
        sound: PCMA,
        ..USUAL
    },
    Recorded {
        name: "foscam",
        describe: Some("foscam_describe.txt"),
        size: (1280, 720),
        sound: PCMU,
        ..USUAL
    },
    Recorded {
        name: "geovision",
        describe: Some("geovision_sdp.txt"),
        source: (105, 0x5eed, 1, 0),
        size: (2688, 1520),
        ..USUAL
    },
    Recorded {
        name: "gw-main",
        describe: Some("gw_main_describe.txt"),
        setups: &["gw_main_setup_video.txt", "gw_main_setup_audio.txt"],
        play: Some("gw_main_play.txt"),
        source: (96, 0x5eed, 271, 1_621_990_950),
        size: (1920, 1080),
        sound: PCMU,
        ..USUAL
    },
    Recorded {
        name: "gw-sub",
        describe: Some("gw_sub_describe.txt"),
        setups: &["gw_sub_setup.txt"],
        play: Some("gw_sub_play.txt"),
        source: (96, 0x5eed, 273, 1_621_810_809),
        size: (720, 480),
        ..USUAL
    },
    Recorded {
        name: "h264dvr",
        describe: Some("h264dvr_describe.txt"),
        play: Some("h264dvr_play.txt"),
        size: (1920, 1080),
        sound: PCMA,
        ..USUAL
    },
    Recorded {
        name: "h264dvr-udp",
        describe: Some("h264dvr_describe.txt"),
        setups: &["h264dvr_setup_video.txt", "h264dvr_setup_audio.txt"],
        play: Some("h264dvr_play.txt"),
        is_udp: true,
        // It announces the SSRC 0 and has another.
        size: (1920, 1080),
        sound: PCMA,
        ..USUAL
    },
    Recorded {
        name: "hikvision",
        describe: Some("hikvision_describe.txt"),
        setups: &["hikvision_setup.txt"],
        play: Some("hikvision_play.txt"),
        source: (96, 0x4cac_c3d1, 24_104, 1_270_711_678),
        size: (1920, 1080),
        ..USUAL
    },
    Recorded {
        name: "hikvision-ssrc-space",
        describe: Some("hikvision_describe.txt"),
        setups: &["hikvision_setup_ssrc_space.txt"],
        source: (96, 0x0d6d_6627, 1, 0),
        size: (1920, 1080),
        ..USUAL
    },
    Recorded { name: "ipcam", describe: Some("ipcam_describe.txt"), size: (1280, 960), ..USUAL },
    Recorded {
        name: "laureii",
        play: Some("laureii_play.txt"),
        source: (96, 0x5eed, 0, 0),
        ..USUAL
    },
    Recorded { name: "longse", unauthorized: Some("longse_unauthorized.txt"), ..USUAL },
    Recorded {
        name: "luckfox",
        setups: &["luckfox_rkipc_setup_tcp.txt"],
        source: (96, 0x2234_5684, 1, 0),
        ..USUAL
    },
    Recorded {
        name: "luckfox-udp",
        setups: &["luckfox_rkipc_setup_udp.txt"],
        is_udp: true,
        source: (96, 0x2234_5685, 1, 0),
        ..USUAL
    },
    Recorded {
        name: "macrovideo",
        describe: Some("macrovideo_describe.txt"),
        size: (1280, 720),
        ..USUAL
    },
    Recorded {
        name: "missing-content-type",
        describe: Some("missing_content_type_describe.txt"),
        size: (320, 180),
        sound: AAC,
        ..USUAL
    },
    Recorded {
        name: "reolink",
        describe: Some("reolink_describe.txt"),
        setups: &["reolink_setup.txt"],
        play: Some("reolink_play.txt"),
        others: &[("TEARDOWN", "reolink_teardown.txt")],
        source: (96, 0xdcc4_a0d8, 16_852, 1_070_938_629),
        size: (2560, 1440),
        sound: AAC,
        ..USUAL
    },
    Recorded {
        name: "reolink-control-first",
        describe: Some("reolink_describe_control_first.txt"),
        size: (2560, 1440),
        sound: AAC,
        ..USUAL
    },
    Recorded {
        name: "tplink",
        describe: Some("tplink_sdp.txt"),
        codec: H265,
        size: (2560, 1440),
        sound: PCMA,
        ..USUAL
    },
    Recorded {
        name: "ubiquiti",
        describe: Some("ubiquiti_sdp.txt"),
        source: (97, 0x5eed, 1, 0),
        size: (1920, 1080),
        sound: AAC,
        ..USUAL
    },
    Recorded {
        name: "vstarcam",
        describe: Some("vstarcam_describe.txt"),
        size: (1920, 1080),
        sound: PCMA,
        ..USUAL
    },
];

impl Recorded {
    pub fn source(&self) -> Source {
        let (kind, ssrc, sequence, time) = self.source;
        Source { kind, ssrc, sequence, time }
    }
}
