//! Volumes, plans, recording gaps and evidence.

use media::{CameraId, StreamId, WallTime};
use protocol::{
    CameraAddress, Evidence, Failure, FailureCode, GapCause, HourMode, NewEvidence, NewVolume,
    RecordingGap, RecordingMode, RecordingPlan, StreamPlan, Volume,
};

use super::stream_address;

/// A volume as kept.
pub fn volume(volume: &store::Volume) -> Volume {
    Volume {
        id: volume.id.clone(),
        path: volume.path.clone(),
        max_bytes: volume.max_bytes,
        max_days: volume.max_days,
    }
}

/// A volume to be kept.
pub fn kept_volume(volume: Volume) -> store::Volume {
    let Volume { id, path, max_bytes, max_days } = volume;
    store::Volume { id, path, max_bytes, max_days }
}

/// A volume as a viewer describes it, under an id of its own.
pub fn new_volume(id: String, volume: NewVolume) -> store::Volume {
    let NewVolume { path, max_bytes, max_days } = volume;
    store::Volume { id, path, max_bytes, max_days }
}

/// How a stream, wherever it is, is recorded.
pub fn stream_plan(server: &str, stream: StreamId, kept: &store::RecordingPlan) -> StreamPlan {
    StreamPlan { stream: stream_address(server, stream), plan: plan(kept) }
}

/// How a stream is recorded.
pub fn plan(plan: &store::RecordingPlan) -> RecordingPlan {
    RecordingPlan {
        mode: match plan.mode {
            store::RecordingMode::Off => RecordingMode::Off,
            store::RecordingMode::Continuous => RecordingMode::Continuous,
            store::RecordingMode::Event => RecordingMode::Event,
            store::RecordingMode::Schedule => RecordingMode::Schedule,
        },
        pre_seconds: plan.pre_seconds,
        post_seconds: plan.post_seconds,
        audio: plan.audio,
        volume: plan.volume.clone(),
        max_days: plan.max_days,
        max_bytes: plan.max_bytes,
        week: plan
            .week
            .0
            .iter()
            .map(|hour| match hour {
                store::HourMode::Off => HourMode::Off,
                store::HourMode::Event => HourMode::Event,
                store::HourMode::Continuous => HourMode::Continuous,
            })
            .collect(),
    }
}

/// How a stream is to be recorded. Refused where its week has another number of
/// hours than a week has.
pub fn kept_plan(plan: RecordingPlan) -> Result<store::RecordingPlan, Failure> {
    let hours = plan.week.into_iter().map(|hour| match hour {
        HourMode::Off => store::HourMode::Off,
        HourMode::Event => store::HourMode::Event,
        HourMode::Continuous => store::HourMode::Continuous,
    });
    let week = hours_of_week(hours.collect())
        .map_err(|sentence| Failure::new(FailureCode::BadRequest, sentence))?;
    Ok(store::RecordingPlan {
        mode: match plan.mode {
            RecordingMode::Off => store::RecordingMode::Off,
            RecordingMode::Continuous => store::RecordingMode::Continuous,
            RecordingMode::Event => store::RecordingMode::Event,
            RecordingMode::Schedule => store::RecordingMode::Schedule,
        },
        pre_seconds: plan.pre_seconds,
        post_seconds: plan.post_seconds,
        audio: plan.audio,
        volume: plan.volume,
        max_days: plan.max_days,
        max_bytes: plan.max_bytes,
        week: store::Week(week),
    })
}

/// What is at each hour of a week; a sentence where a week has another number of hours.
pub fn hours_of_week<T>(hours: Vec<T>) -> Result<[T; store::Week::HOURS], String> {
    hours.try_into().map_err(|hours: Vec<T>| {
        format!("A week has {} hours, not {}. Send them all.", store::Week::HOURS, hours.len())
    })
}

/// A span that was not recorded.
pub fn recording_gap(server: &str, gap: &media::RecordingGap) -> RecordingGap {
    RecordingGap {
        stream: stream_address(server, gap.stream),
        from: gap.from.0,
        to: gap.to.0,
        cause: gap_cause(gap.cause),
    }
}

/// Why something was not recorded.
pub fn gap_cause(cause: media::GapCause) -> GapCause {
    match cause {
        media::GapCause::Unreachable => GapCause::Unreachable,
        media::GapCause::Auth => GapCause::Auth,
        media::GapCause::NetworkLoss => GapCause::NetworkLoss,
        media::GapCause::DiskFull => GapCause::DiskFull,
        media::GapCause::DiskSlow => GapCause::DiskSlow,
        media::GapCause::VolumeGone => GapCause::VolumeGone,
        media::GapCause::VolumeFailed => GapCause::VolumeFailed,
        media::GapCause::EngineStopped => GapCause::EngineStopped,
        media::GapCause::MachineAsleep => GapCause::MachineAsleep,
        media::GapCause::Schedule => GapCause::Schedule,
        media::GapCause::Retention => GapCause::Retention,
        media::GapCause::Unsupported => GapCause::Unsupported,
        media::GapCause::NoVolume => GapCause::NoVolume,
    }
}

/// A span that must stay.
pub fn evidence(server: &str, evidence: &store::Evidence) -> Evidence {
    Evidence {
        id: evidence.id,
        camera: CameraAddress { server: server.to_owned(), camera: evidence.camera.0 },
        from: evidence.from.0,
        to: evidence.to.0,
        note: evidence.note.clone(),
        created: evidence.created.0,
    }
}

/// A span of a camera's recordings that a viewer wants to stay.
pub fn new_evidence(camera: CameraId, evidence: NewEvidence) -> store::NewEvidence {
    let NewEvidence { from, to, note, .. } = evidence;
    store::NewEvidence { camera, from: WallTime(from), to: WallTime(to), note }
}

#[cfg(test)]
mod tests {
    use media::StreamRole;

    use super::*;

    #[test]
    fn volumes_come_back_from_a_viewer_as_they_went() {
        let limited = store::Volume {
            id: "00000000-0000-4000-8000-000000000001".into(),
            path: "/recordings".into(),
            max_bytes: Some(1 << 53),
            max_days: Some(30),
        };
        for kept in [store::Volume { max_bytes: None, max_days: None, ..limited.clone() }, limited]
        {
            let sent = serde_json::to_string(&volume(&kept)).unwrap();
            assert_eq!(kept_volume(serde_json::from_str(&sent).unwrap()), kept, "{sent}");
            let store::Volume { id, path, max_bytes, max_days } = kept.clone();
            assert_eq!(new_volume(id, NewVolume { path, max_bytes, max_days }), kept);
        }
    }

    #[test]
    fn plans_come_back_from_a_viewer_as_they_went() {
        use store::RecordingMode::{Continuous, Event, Off, Schedule};
        let mut week = store::Week::default();
        week.0[0] = store::HourMode::Off;
        week.0[store::Week::HOURS - 1] = store::HourMode::Event;
        for mode in [Off, Continuous, Event, Schedule] {
            let kept = store::RecordingPlan {
                mode,
                pre_seconds: 1,
                post_seconds: 2,
                audio: false,
                volume: Some("00000000-0000-4000-8000-000000000001".into()),
                max_days: Some(3),
                max_bytes: Some(4),
                week: week.clone(),
            };
            let sent = serde_json::to_string(&plan(&kept)).unwrap();
            let received = serde_json::from_str(&sent).unwrap();
            assert_eq!(kept_plan(received).unwrap(), kept, "{sent}");
        }
    }

    #[test]
    fn a_week_of_another_length_is_refused() {
        for hours in [0, 167, 169] {
            let week = vec![HourMode::Off; hours];
            let failure = kept_plan(RecordingPlan { week, ..plan(&Default::default()) });
            let failure = failure.unwrap_err();
            assert_eq!(failure.code, FailureCode::BadRequest);
            let sentence = format!("A week has 168 hours, not {hours}. Send them all.");
            assert_eq!(failure.message, sentence);
        }
    }

    #[test]
    fn every_cause_of_a_gap_has_its_own_name_on_the_wire() {
        for cause in media::GapCause::ALL {
            let stream = StreamId { camera: CameraId(7), role: StreamRole::Sub };
            let gap = media::RecordingGap { stream, from: WallTime(1), to: WallTime(2), cause };
            let gap = serde_json::to_value(recording_gap("s", &gap)).unwrap();
            let name = gap["cause"].as_str().unwrap();
            assert_eq!(name.to_lowercase(), cause.name().replace('-', ""));
            let address =
                serde_json::json!({"camera": {"server": "s", "camera": 7}, "role": "sub"});
            let expected =
                serde_json::json!({"stream": address, "from": 1, "to": 2, "cause": name});
            assert_eq!(gap, expected);
        }
    }

    #[test]
    fn evidence_is_of_the_same_span_for_viewers() {
        let kept = store::Evidence {
            id: 3,
            camera: CameraId(7),
            from: WallTime(1),
            to: WallTime(2),
            note: "Door".into(),
            created: WallTime(9),
        };
        let Evidence { id, camera, from, to, note, created } = evidence("s", &kept);
        assert_eq!((id, created, camera.server.as_str()), (3, 9, "s"));
        let new = new_evidence(CameraId(camera.camera), NewEvidence { camera, from, to, note });
        let store::NewEvidence { camera, from, to, note } = new;
        assert_eq!(
            kept,
            store::Evidence { id, camera, from, to, note, created: WallTime(created) }
        );
    }
}
