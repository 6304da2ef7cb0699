using System.Diagnostics;
using System.Globalization;
using Loopai.Core.Programs.Models;
using Loopai.Core.Programs.Synthesis;

namespace Loopai.Core.Programs;

/// <summary>
/// Learns a program from labelled examples. A stratified part is held out and measured; the artifact that is handed back is then
/// learned from all examples, so the figures are, if anything, a little low for it.
/// </summary>
public static class Synthesizer
{
    private const int MostExamples = 50_000;
    private const int LeastToHoldOut = 50;
    private const int LeastHeldOut = 10;
    private const int LeastForRegression = 10;

    /// <summary>Learns. Runs on the caller's thread and one more; takes about a second per thousand mails.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SynthesisResult Synthesize(SynthesisRequest request, IProgress<SynthesisProgress>? progress, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        void Report(string stage, double fraction)
        {
            ct.ThrowIfCancellationRequested();
            progress?.Report(new SynthesisProgress(stage, fraction));
        }

        Report("Looking at the examples", 0);
        var target = OutputTarget.Of(request.Examples, request.OutputSchema);
        var survey = FieldSurvey.Of(request.Examples, request.InputSchema);
        var set = LearningSet.Of(request.Examples, target, survey).Sample(MostExamples, request.Seed);
        var work = new Work(request, set, Report, clock, ct);
        var result = target.Kind switch
        {
            TargetKind.Classes when survey.Fields.Count > 0 => work.Classify(),
            TargetKind.Number when survey.Fields.Count > 0 && set.Count >= LeastForRegression => work.Regress(),
            _ => work.Baseline(),
        };
        Report("Done", 1);
        return result;
    }

    private sealed class Work(SynthesisRequest request, LearningSet set, Action<string, double> report, Stopwatch clock, CancellationToken ct)
    {
        public SynthesisResult Classify()
        {
            var (training, held) = Split();
            var choice = new ClassifierSearch(training, request, report, ct).Choose();
            report("Learning", 0.75);
            var artifact = Trainer.Classifier(training, choice, ct);
            var measured = held.Count == 0
                ? Measures.Classification(choice.Answers, choice.Sample.ClassOf, set.Target.Classes)
                : Measures.Classification(Answer(artifact, held), held.ClassOf, set.Target.Classes);
            if (held.Count > 0)
            {
                report("Learning from all examples", 0.9);
                artifact = Trainer.Classifier(set, choice, ct);
            }

            return Finish("classification", choice.Strategy, artifact, training.Count, held.Count, choice.Candidates) is var result
                && measured.Accuracy <= measured.MajorityAccuracy
                ? result with { Report = result.Report with { Classification = measured, Warnings = [.. result.Report.Warnings, "The program is no better than always giving the most frequent output: the examples do not show what decides."] } }
                : result with { Report = result.Report with { Classification = measured } };
        }

        public SynthesisResult Regress()
        {
            var (training, held) = Split();
            var choice = new RegressionSearch(training, request, report, ct).Choose();
            report("Learning", 0.75);
            var artifact = Trainer.Regression(training, choice, request.Seed, ct);
            var measured = held.Count == 0
                ? Measures.Regression(choice.Predictions, choice.Sample.Numbers)
                : Measures.Regression(Predict(artifact, held), held.Numbers);
            if (held.Count > 0)
            {
                report("Learning from all examples", 0.9);
                artifact = Trainer.Regression(set, choice, request.Seed, ct);
            }

            var result = Finish("regression", "ml", artifact, training.Count, held.Count, choice.Candidates);
            return result with { Report = result.Report with { Regression = measured } };
        }

        public SynthesisResult Baseline()
        {
            var target = set.Target;
            var warnings = new List<string>(target.Warnings);
            if (target.Kind == TargetKind.Number)
            {
                // Too few numbers for a line: the middle one is the best single answer.
                var order = Enumerable.Range(0, set.Count).OrderBy(i => set.Numbers[i]).ToArray();
                var middle = request.Examples[order[order.Length / 2]].Output;
                target = target with { Kind = TargetKind.Nothing, Classes = [middle], ClassOf = new int[set.Count] };
                warnings.Add("There are too few numbers to learn from: this is a baseline that answers the middle one.");
            }
            else if (target.Kind == TargetKind.Classes)
            {
                warnings.Add("No field of the inputs can be read: this is a baseline that gives the most frequent output to every input.");
            }

            var result = Finish("baseline", "baseline", Trainer.Baseline(target, null), set.Count, 0, []);
            return result with { Report = result.Report with { MeasuredBy = "none", Warnings = [.. warnings, .. set.Survey.Warnings] } };
        }

        private (LearningSet Training, LearningSet Held) Split()
        {
            var isHeld = set.Count < LeastToHoldOut || request.HoldOutShare <= 0
                ? new bool[set.Count]
                : Folds.HoldOut(set.ClassOf, set.Groups, Math.Min(request.HoldOutShare, 0.5), request.Seed);
            return isHeld.Count(held => held) < LeastHeldOut
                ? (set, set.Take([]))
                : (set.Take([.. set.All.Where(i => !isHeld[i])]), set.Take([.. set.All.Where(i => isHeld[i])]));
        }

        private static Answered[] Answer(byte[] artifact, LearningSet held)
        {
            var program = ModelProgram.Load(artifact);
            return [.. held.Inputs.Select(input => program.Choose(input)).Select(chosen => new Answered(chosen.Class, chosen.Confidence))];
        }

        private static double[] Predict(byte[] artifact, LearningSet held)
        {
            var program = ModelProgram.Load(artifact);
            return [.. held.Inputs.Select(input => program.Predict(input))];
        }

        private SynthesisResult Finish(
            string kind, string strategy, byte[] artifact, int trainedOn, int heldOut, IReadOnlyList<CandidateScore> candidates)
        {
            var program = ModelProgram.Load(artifact);
            var description = program.Describe();
            var warnings = set.Target.Warnings.Concat(set.Survey.Warnings).Concat(Warnings.About(set)).ToList();
            if (set.Count < request.Examples.Count)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Of {request.Examples.Count} examples {set.Count} were used, every class in its share."));
            }

            var trainingMs = Math.Round(clock.Elapsed.TotalMilliseconds, 1);
            return new SynthesisResult(strategy, artifact, new SynthesisReport
            {
                Kind = kind,
                Strategy = strategy,
                Examples = request.Examples.Count,
                TrainedOn = trainedOn,
                HeldOut = heldOut,
                MeasuredBy = heldOut > 0 ? "held-out" : "cross-validation",
                Candidates = candidates,
                Complexity = new ComplexityReport(description.Features, program.RuleCount, artifact.Length),
                TrainingMs = trainingMs,
                PredictMicroseconds = Measures.Microseconds(program, set.Inputs, ct),
                Warnings = warnings,
            });
        }
    }
}
