using System.Runtime.CompilerServices;

namespace Loopai.Core.Schemas.Evaluation;

/// <summary>What one validation carries along: the schemas it came through, and what it may still spend.</summary>
internal struct EvaluationState(SchemaOptions options, bool tracksScope)
{
    // From this depth on the stack is looked at; what lies above it fits any thread.
    private const int CarefulDepth = 100;

    private readonly int _maxDepth = options.MaxEvaluationDepth;
    private int _depth;
    private int _stepsLeft = options.MaxSteps;
    private TimeSpan _patternTimeLeft = options.TotalPatternTimeout;

    /// <summary>Whether any reference of the schema depends on the way it was reached.</summary>
    public readonly bool TracksScope => tracksScope;

    /// <summary>The schema resources entered, innermost first.</summary>
    public DynamicScope? Scope { get; set; }

    /// <summary>
    /// Why the validation was given up. Once set, the instance counts as invalid whatever else is found: under <c>not</c> a
    /// check that could not be finished would otherwise turn into a pass.
    /// </summary>
    public EvaluationFault? Fault { get; private set; }

    /// <summary>Begins to apply a subschema; false when the validation has been given up.</summary>
    public bool Enter()
    {
        if (++_depth > CarefulDepth)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            if (_depth > _maxDepth)
            {
                GiveUp(EvaluationFault.TooDeep);
            }
        }

        return Spend(1);
    }

    public void Leave() => _depth--;

    /// <summary>Counts work against the budget of this validation.</summary>
    public bool Spend(int steps)
    {
        _stepsLeft -= steps;
        if (_stepsLeft < 0)
        {
            GiveUp(EvaluationFault.TooMuchWork);
        }

        return Fault is null;
    }

    /// <summary>Counts the time of a pattern against what all of them may take together.</summary>
    public void SpendPatternTime(TimeSpan time)
    {
        _patternTimeLeft -= time;
        if (_patternTimeLeft < TimeSpan.Zero)
        {
            GiveUp(EvaluationFault.TooMuchMatching);
        }
    }

    public void GiveUp(EvaluationFault fault) => Fault ??= fault;
}

/// <param name="Message">Why a validation could not be finished.</param>
/// <param name="SchemaPointer">The place in the schema that is to blame, where one is.</param>
/// <param name="Keyword">The keyword that is to blame, where one is.</param>
internal sealed record EvaluationFault(string Message, string SchemaPointer = "", string Keyword = "")
{
    public static readonly EvaluationFault TooDeep =
        new("subschemas are applied too deep within each other; the schema probably refers to itself without end");

    public static readonly EvaluationFault TooMuchWork = new("this instance takes too many steps to validate with this schema");

    public static readonly EvaluationFault TooMuchMatching = new("the patterns of this schema take too long on this instance");

    public static readonly EvaluationFault TooNested = new("the instance is nested too deep to be validated");
}

/// <summary>A schema resource that the validation is inside of, and the one it came from.</summary>
internal sealed record DynamicScope(SchemaResource Resource, DynamicScope? Outer);
