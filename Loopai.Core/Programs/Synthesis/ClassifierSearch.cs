using System.Globalization;
using System.Runtime.InteropServices;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs.Synthesis;

/// <summary>What cross-validation decided on.</summary>
/// <param name="Strategy">rule, ml or hybrid.</param>
/// <param name="Features">How the inputs are looked at.</param>
/// <param name="C">The penalty of the linear part.</param>
/// <param name="Slope">Its calibration.</param>
/// <param name="Candidates">What was tried, best first.</param>
/// <param name="Sample">The examples it was tried on.</param>
/// <param name="Answers">Per example of the sample, the answer of a program that had not learned from it.</param>
internal sealed record ClassifierChoice(
    string Strategy,
    FeatureSet Features,
    double C,
    double Slope,
    IReadOnlyList<CandidateScore> Candidates,
    LearningSet Sample,
    IReadOnlyList<Answered> Answers);

/// <param name="Class">The answer.</param>
/// <param name="Confidence">How sure the program was.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Answered(int Class, double Confidence);

/// <summary>Compares rules, linear models and both together on the same folds.</summary>
internal sealed class ClassifierSearch(LearningSet examples, SynthesisRequest request, Action<string, double> report, CancellationToken ct)
{
    /// <summary>More examples hardly change which candidate wins.</summary>
    private const int SampleSize = 4000;
    private const int FewPerClass = 10;
    private const int LeaveOneOutUpTo = 40;

    private readonly LearningSet _set = examples.Sample(SampleSize, request.Seed);

    public ClassifierChoice Choose()
    {
        var foldOf = Folds.Assign(_set.ClassOf, _set.Groups, FoldCount(), request.Seed);
        var few = _set.Count < FewPerClass * _set.Classes;
        var trials = new List<(LinearTrial Trial, EncodedSet Encoded)>();
        var featureSets = FeatureSets(few).ToArray();
        foreach (var (index, features) in featureSets.Index())
        {
            report($"Trying {features.Name}", 0.05 + (0.5 * index / featureSets.Length));
            var encoded = EncodedSet.Of(_set, features, ct);
            double[] penalties = few ? [LinearSearch.FewExamplesPenalty] : LinearSearch.Penalties;
            trials.AddRange(LinearSearch.Try(_set, encoded, foldOf, penalties, ct).Select(trial => (trial, encoded)));
        }

        var (best, view) = trials.OrderByDescending(pair => Right(pair.Trial.Answers)).ThenBy(pair => pair.Trial.LogLoss).First();
        report("Learning rules", 0.6);
        var rules = TryRules(view, foldOf, RuleOptions.Alone(_set.Count), null);
        var hybrid = TryRules(view, foldOf, RuleOptions.BeforeModel(_set.Count), best);
        var linear = Array.ConvertAll(best.Scores, scores => ToAnswer(LinearModel.Choose(scores, best.Slope)));
        var strategy = Decide(linear, rules, hybrid);
        var answers = strategy switch { "rule" => rules, "hybrid" => hybrid, _ => linear };
        var candidates = trials
            .Select(pair => Score(LinearName(pair.Trial), "ml", pair.Trial.Answers, foldOf, strategy == "ml" && pair.Trial == best))
            .Append(Score("decision list", "rule", Array.ConvertAll(rules, answer => answer.Class), foldOf, strategy == "rule"))
            .Append(Score($"sure rules, then {LinearName(best)}", "hybrid", Array.ConvertAll(hybrid, answer => answer.Class), foldOf, strategy == "hybrid"))
            .OrderByDescending(candidate => candidate.Chosen)
            .ThenByDescending(candidate => candidate.Score)
            .ToArray();
        return new ClassifierChoice(strategy, best.Features, best.C, best.Slope, candidates, _set, answers);
    }

    private int FoldCount() => _set.Count <= LeaveOneOutUpTo ? Math.Max(2, _set.Groups.Distinct().Count()) : _set.Count <= 1000 ? 5 : 3;

    private IEnumerable<FeatureSet> FeatureSets(bool few)
    {
        var texts = _set.Survey.Fields.Count(field => field.Kind == FieldKind.Text);
        if (texts == 0)
        {
            return [FeatureSet.Words];
        }

        if (few)
        {
            return [FeatureSet.ShortLetters];
        }

        return texts == 1 ? [FeatureSet.Words, FeatureSet.Letters] : [FeatureSet.Letters, FeatureSet.Letters.WithAllTextTogether()];
    }

    private Answered[] TryRules(EncodedSet view, int[] foldOf, RuleOptions options, LinearTrial? then)
    {
        var answers = new Answered[_set.Count];
        Parallel.For(0, foldOf.Max() + 1, LearningThreads.Options(ct), fold =>
        {
            var learner = new RuleLearner(view.Rows, view.Vocabulary.Kinds, view.Plan.Fields, _set.ClassOf, _set.Classes, options);
            var list = learner.Learn([.. _set.All.Where(i => foldOf[i] != fold)], ct);
            foreach (var row in _set.All.Where(i => foldOf[i] == fold))
            {
                var rule = learner.Find(list, row);
                answers[row] = rule >= 0 ? new Answered(list.Rules[rule].Class, list.Rules[rule].Confidence)
                    : then is null ? new Answered(list.Fallback.Class, list.Fallback.Confidence)
                    : ToAnswer(LinearModel.Choose(then.Scores[row], then.Slope));
            }
        });
        return answers;
    }

    /// <summary>Of equals the one that a person can read: rules, then rules before a model, then the model.</summary>
    private string Decide(Answered[] linear, Answered[] rules, Answered[] hybrid) => request.Strategy switch
    {
        SynthesisStrategy.Rule => "rule",
        SynthesisStrategy.Ml => "ml",
        SynthesisStrategy.Hybrid => "hybrid",
        _ => new[] { ("rule", Right(rules)), ("ml", Right(linear)), ("hybrid", Right(hybrid) - 1) }.MaxBy(pair => pair.Item2).Item1,
    };

    private CandidateScore Score(string name, string strategy, int[] answers, int[] foldOf, bool chosen)
    {
        var folds = _set.All
            .GroupBy(i => foldOf[i])
            .OrderBy(fold => fold.Key)
            .Select(fold => Math.Round(fold.Average(i => answers[i] == _set.ClassOf[i] ? 1.0 : 0), 4))
            .ToArray();
        return new CandidateScore(name, strategy, Math.Round((double)Right(answers) / _set.Count, 4), folds.Length > 10 ? [] : folds, chosen);
    }

    private static string LinearName(LinearTrial trial) => string.Create(CultureInfo.InvariantCulture, $"{trial.Features.Name}, C = {trial.C}");

    private int Right(Answered[] answers) => answers.Where((answer, i) => answer.Class == _set.ClassOf[i]).Count();

    private int Right(int[] answers) => answers.Where((answer, i) => answer == _set.ClassOf[i]).Count();

    private static Answered ToAnswer((int Class, double Confidence) chosen) => new(chosen.Class, chosen.Confidence);
}
