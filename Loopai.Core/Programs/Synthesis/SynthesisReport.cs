namespace Loopai.Core.Programs;

/// <summary>How good a learned program is, and how that is known. Serializes as camelCase JSON.</summary>
public sealed record SynthesisReport
{
    /// <summary>classification, regression or baseline.</summary>
    public required string Kind { get; init; }

    /// <summary>rule, ml, hybrid or baseline.</summary>
    public required string Strategy { get; init; }

    /// <summary>How many examples were given.</summary>
    public required int Examples { get; init; }

    /// <summary>How many the measured program learned from.</summary>
    public required int TrainedOn { get; init; }

    /// <summary>How many were kept from it to measure it.</summary>
    public required int HeldOut { get; init; }

    /// <summary>held-out, cross-validation (when the examples are too few to keep some apart) or none.</summary>
    public required string MeasuredBy { get; init; }

    /// <summary>Of a classification.</summary>
    public ClassificationReport? Classification { get; init; }

    /// <summary>Of a regression.</summary>
    public RegressionReport? Regression { get; init; }

    /// <summary>What was tried, best first.</summary>
    public required IReadOnlyList<CandidateScore> Candidates { get; init; }

    public required ComplexityReport Complexity { get; init; }

    public required double TrainingMs { get; init; }

    /// <summary>Mean time of one execution, measured on the examples; null when there are none.</summary>
    public double? PredictMicroseconds { get; init; }

    /// <summary>What a user should know before trusting the program, as sentences.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <param name="Accuracy">Share of answers that were right.</param>
/// <param name="AccuracyLow">Lower end of the 95 % Wilson score interval.</param>
/// <param name="AccuracyHigh">Upper end.</param>
/// <param name="MajorityAccuracy">What always answering the most frequent class would get.</param>
/// <param name="Classes">Per class, in the order of the confusion matrix.</param>
/// <param name="Confusion">Rows are the right classes, columns the answers.</param>
/// <param name="Calibration">How far confidences can be taken at their word.</param>
public sealed record ClassificationReport(
    double Accuracy,
    double AccuracyLow,
    double AccuracyHigh,
    double MajorityAccuracy,
    IReadOnlyList<ClassScore> Classes,
    IReadOnlyList<IReadOnlyList<int>> Confusion,
    CalibrationReport Calibration);

/// <param name="Class">The answer, as JSON text; a string without its quotes.</param>
/// <param name="Precision">Of the answers of this class, the share that was right; null when it was never answered.</param>
/// <param name="Recall">Of the examples of this class, the share that was found; null when there are none.</param>
/// <param name="F1">Their harmonic mean.</param>
/// <param name="Support">Examples of this class among the measured.</param>
public sealed record ClassScore(string Class, double? Precision, double? Recall, double? F1, int Support);

/// <param name="ExpectedError">Expected calibration error over ten bins: the mean gap between confidence and share right.</param>
/// <param name="Brier">Mean squared gap between the confidence and being right (1) or wrong (0).</param>
/// <param name="Bins">The bins that are not empty, from low confidence to high.</param>
public sealed record CalibrationReport(double ExpectedError, double Brier, IReadOnlyList<CalibrationBin> Bins);

/// <param name="Confidence">Mean confidence in the bin.</param>
/// <param name="Accuracy">Share right in the bin.</param>
/// <param name="Count">Answers in the bin.</param>
public sealed record CalibrationBin(double Confidence, double Accuracy, int Count);

/// <param name="Mae">Mean absolute error.</param>
/// <param name="Rmse">Root of the mean squared error.</param>
/// <param name="R2">Share of the variance explained; below 0 when the mean would have done better.</param>
/// <param name="MedianMae">What always answering the median would be off by, on average.</param>
public sealed record RegressionReport(double Mae, double Rmse, double R2, double MedianMae);

/// <param name="Name">What was tried.</param>
/// <param name="Strategy">rule, ml or hybrid.</param>
/// <param name="Score">Mean over the folds: accuracy, or R² of a regression.</param>
/// <param name="Folds">The score of each fold.</param>
/// <param name="Chosen">Whether this is what the program is made of.</param>
public sealed record CandidateScore(string Name, string Strategy, double Score, IReadOnlyList<double> Folds, bool Chosen);

/// <param name="Features">Features the program knows.</param>
/// <param name="Rules">Rules it asks before.</param>
/// <param name="ArtifactBytes">Its size.</param>
public sealed record ComplexityReport(int Features, int Rules, int ArtifactBytes);
