//! An H.264 sequence parameter set of 65520×65520 pixels, in the place of others.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::packet;

/// Macroblocks of a side: the most whose parameter set needs no emulation prevention.
const SIDE: u32 = 4095;

/// The parameter set as a NAL unit.
pub(super) fn parameter_set() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.number(0); // seq_parameter_set_id
    bits.number(0); // log2_max_frame_num_minus4
    bits.number(2); // pic_order_cnt_type
    bits.number(1); // max_num_ref_frames
    bits.push(0, 1); // gaps_in_frame_num_value_allowed_flag
    bits.number(SIDE - 1); // pic_width_in_mbs_minus1
    bits.number(SIDE - 1); // pic_height_in_map_units_minus1
    bits.push(0b1_1_0_0, 4); // frame_mbs_only, direct_8x8_inference, no cropping, no VUI
    bits.push(1, 1); // rbsp_stop_one_bit
    // Constrained baseline, level 6.2.
    [&[0x67, 0x42, 0xc0, 0x3e], &bits.bytes()[..]].concat()
}

/// `sdp` with it.
pub(super) fn in_sdp(sdp: &[u8]) -> Vec<u8> {
    let key = "sprop-parameter-sets=";
    let sdp = String::from_utf8_lossy(sdp);
    let Some((before, after)) = sdp.split_once(key) else { return sdp.into_owned().into_bytes() };
    let end = after.find([',', ';', '\r', '\n']).unwrap_or(after.len());
    let ours = STANDARD.encode(parameter_set());
    [before, key, &ours, &after[end..]].concat().into_bytes()
}

/// The RTP packet `packet` with it where it had another: alone or in a STAP-A.
pub(super) fn in_packet(packet: Vec<u8>) -> Vec<u8> {
    let Some(start) = packet::payload_start(&packet) else { return packet };
    let (head, payload) = packet.split_at(start);
    match payload[0] & 0x1f {
        7 => [head, &parameter_set()].concat(),
        24 => {
            let mut made = [head, &payload[..1]].concat();
            let mut rest = &payload[1..];
            while let [high, low, after @ ..] = rest {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let Some((unit, after)) = after.split_at_checked(length) else { break };
                let ours = parameter_set();
                let is_set = unit.first().is_some_and(|first| first & 0x1f == 7);
                let unit = if is_set { &ours } else { unit };
                made.extend(u16::try_from(unit.len()).unwrap_or(0).to_be_bytes());
                made.extend_from_slice(unit);
                rest = after;
            }
            made
        }
        _ => packet,
    }
}

/// Bits, the first in the highest place.
#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.0.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    }

    /// Exp-Golomb, as the standard's ue(v).
    fn number(&mut self, value: u32) {
        let length = (value + 1).ilog2();
        self.push(0, length);
        self.push(value + 1, length + 1);
    }

    fn bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| {
            (0..8).fold(0, |byte, i| byte << 1 | u8::from(bits.get(i) == Some(&true)))
        };
        self.0.chunks(8).map(byte).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_needs_no_emulation_prevention() {
        let set = parameter_set();
        assert!(!set.windows(3).any(|three| three[..2] == [0, 0] && three[2] <= 3), "{set:x?}");
    }

    #[test]
    fn it_takes_the_place_of_others() {
        let head = [0x80, 0x60, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        let ours = parameter_set();
        let alone = in_packet([&head[..], &[0x67, 1, 2]].concat());
        assert_eq!(alone, [&head[..], &ours].concat());
        let together = in_packet([&head[..], &[24, 0, 2, 0x67, 1, 0, 1, 0x68]].concat());
        let length = u8::try_from(ours.len()).unwrap();
        assert_eq!(together, [&head[..], &[24, 0, length], &ours, &[0, 1, 0x68]].concat());
        let sdp = in_sdp(b"a=fmtp:96 x=1;sprop-parameter-sets=Z0I=,aM4=;y=2\r\n");
        let expected =
            format!("a=fmtp:96 x=1;sprop-parameter-sets={},aM4=;y=2\r\n", STANDARD.encode(&ours));
        assert_eq!(String::from_utf8(sdp).unwrap(), expected);
    }
}
