using System.Globalization;

namespace Loopai.Core.Programs.Models;

/// <summary>What a condition of a rule asks.</summary>
public enum RuleTest
{
    /// <summary>The text holds the word or the two words; or the value is the category; or it is missing.</summary>
    Has,

    /// <summary>The number is at least the limit.</summary>
    AtLeast,

    /// <summary>The number is below the limit.</summary>
    Below,

    /// <summary>The text has at least so many characters.</summary>
    LongerThan,
}

/// <param name="Test">What is asked.</param>
/// <param name="Field">Index of the field.</param>
/// <param name="Place">For <see cref="RuleTest.Has"/>: the feature's place in the model.</param>
/// <param name="Limit">For the others: the limit.</param>
/// <param name="Words">The condition in words.</param>
internal sealed record RuleCondition(RuleTest Test, int Field, int Place, double Limit, string Words)
{
    public bool Holds(ReadOnlySpan<bool> seen, ReadBuffer read) => Test switch
    {
        RuleTest.Has => seen[Place],
        RuleTest.AtLeast => read.Numbers[Field] >= Limit,
        RuleTest.Below => read.Numbers[Field] < Limit,
        _ => read.Lengths[Field] >= Limit,
    };

    public static string NumberWords(string field, RuleTest test, double limit)
    {
        var shown = limit.ToString("G6", CultureInfo.InvariantCulture);
        return test switch
        {
            RuleTest.AtLeast => $"{field} ≥ {shown}",
            RuleTest.Below => $"{field} < {shown}",
            _ => $"length of {field} ≥ {shown}",
        };
    }
}

/// <param name="Conditions">All must hold.</param>
/// <param name="Class">The class it answers.</param>
/// <param name="Confidence">The share of answers expected to be right.</param>
/// <param name="Support">How many examples it was learned from.</param>
internal sealed record DecisionRule(RuleCondition[] Conditions, int Class, double Confidence, int Support)
{
    public bool Holds(ReadOnlySpan<bool> seen, ReadBuffer read)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.Holds(seen, read))
            {
                return false;
            }
        }

        return true;
    }
}
