using System.Globalization;
using Loopai.Core.Identity.Scim.Resources;

namespace Loopai.Core.Identity.Scim.Filters;

/// <summary>The comparisons of RFC 7644 section 3.4.2.2.</summary>
public enum ScimOperator
{
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// <summary>A filter as a tree. It prints itself so that reading the print gives the same tree.</summary>
public abstract record ScimFilter
{
    private ScimFilter()
    {
    }

    /// <param name="Path">What is compared.</param>
    /// <param name="Operator">How.</param>
    /// <param name="Value">With what: a text, a number as it was written, true, false or null.</param>
    public sealed record Compare(ScimPath Path, ScimOperator Operator, ScimLiteral Value) : ScimFilter
    {
        public override string ToString() => $"{Path} {Word(Operator)} {Value}";
    }

    /// <summary>The attribute has a value.</summary>
    public sealed record Present(ScimPath Path) : ScimFilter
    {
        public override string ToString() => $"{Path} pr";
    }

    /// <summary>One item of a list fulfils the inner filter.</summary>
    public sealed record Item(ScimPath Path, ScimFilter Inner) : ScimFilter
    {
        public override string ToString() => $"{Path}[{Inner}]";
    }

    public sealed record And(ScimFilter Left, ScimFilter Right) : ScimFilter
    {
        public override string ToString() => $"{Within(Left)} and {(Right is And or Or ? $"({Right})" : Right)}";

        private static string Within(ScimFilter side) => side is Or ? $"({side})" : $"{side}";
    }

    public sealed record Or(ScimFilter Left, ScimFilter Right) : ScimFilter
    {
        public override string ToString() => $"{Left} or {(Right is Or ? $"({Right})" : Right)}";
    }

    public sealed record Not(ScimFilter Inner) : ScimFilter
    {
        public override string ToString() => $"not ({Inner})";
    }

    internal static readonly IReadOnlyDictionary<string, ScimOperator> Operators = new Dictionary<string, ScimOperator>(StringComparer.OrdinalIgnoreCase)
    {
        ["eq"] = ScimOperator.Equal, ["ne"] = ScimOperator.NotEqual, ["co"] = ScimOperator.Contains, ["sw"] = ScimOperator.StartsWith, ["ew"] = ScimOperator.EndsWith,
        ["gt"] = ScimOperator.Greater, ["ge"] = ScimOperator.GreaterOrEqual, ["lt"] = ScimOperator.Less, ["le"] = ScimOperator.LessOrEqual,
    };

    private static string Word(ScimOperator compare) => Operators.First(pair => pair.Value == compare).Key;
}

/// <summary>What a filter compares with.</summary>
/// <param name="Text">The text, <c>true</c>, <c>false</c> or the number as it was written; null for null.</param>
/// <param name="IsQuoted">Whether it stood in quotation marks.</param>
public sealed record ScimLiteral(string? Text, bool IsQuoted)
{
    public static ScimLiteral Of(string text) => new(text, IsQuoted: true);

    /// <summary>The value as a moment, for attributes that are one.</summary>
    public DateTimeOffset? Moment =>
        DateTimeOffset.TryParse(Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;

    public override string ToString() => Text is null ? "null" : IsQuoted ? System.Text.Json.JsonSerializer.Serialize(Text) : Text;
}
