namespace Loopai.Portal.Components.Charts;

/// <param name="Confidence">Mean confidence of the answers, 0..1.</param>
/// <param name="Accuracy">The share of them that was right.</param>
/// <param name="Count">How many they are.</param>
public sealed record CalibrationPoint(double Confidence, double Accuracy, long Count);
