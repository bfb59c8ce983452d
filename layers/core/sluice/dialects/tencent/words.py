"""The words of result sets, which a subtask carries with it from its request to its answer."""

TRANSCODE, ANIMATION, SNAPSHOT, SAMPLE = "Transcode", "AnimatedGraphics", "SnapshotByTimeOffset", "SampleSnapshot"
SPRITE, ADAPTIVE = "ImageSprites", "AdaptiveDynamicStreaming"
REVIEW, ANALYSIS, RECOGNITION, IMAGE = "AiContentReview", "AiAnalysis", "AiRecognition", "Image"
