namespace Loopai.Portal.Components.Tables;

/// <summary>One page of a list as the server gives it.</summary>
public sealed record TableWindow<T>(IReadOnlyList<T> Items, string? NextCursor = null, string? PreviousCursor = null, long? Total = null);

public enum Align
{
    Start,
    Center,
    End,
}

/// <summary>From which width on a column is shown.</summary>
public enum ShownFrom
{
    Always,
    Medium,
    Wide,
}
