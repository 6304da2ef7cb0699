namespace Loopai.Core.Analytics.Dashboards;

/// <summary>A board as somebody sees it.</summary>
/// <param name="Id">Its id, or the name of a built-in one.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Content">What stands on it.</param>
/// <param name="OwnerName">Who made it.</param>
/// <param name="IsBuiltIn">Whether every organization has it; then nobody changes it.</param>
/// <param name="IsShared">Whether everybody sees it.</param>
/// <param name="IsMine">Whether the viewer made it.</param>
/// <param name="IsStarred">Whether the viewer wants it at hand.</param>
/// <param name="Revision">Counts edits.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="TimeZone">By which zone's days it is cut: its own, or the organization's.</param>
public sealed record Board(
    string Id, string Name, string Description, BoardContent Content, string OwnerName, bool IsBuiltIn, bool IsShared, bool IsMine, bool IsStarred, int Revision,
    DateTimeOffset? UpdatedAt, string TimeZone = "UTC");

/// <summary>What a board is to be; what is null was not given.</summary>
public sealed record BoardDraft
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public bool? IsShared { get; init; }

    public IReadOnlyList<BoardPanel>? Panels { get; init; }

    /// <summary>IANA name of the zone by which days are cut; empty for the organization's.</summary>
    public string? TimeZone { get; init; }
}
