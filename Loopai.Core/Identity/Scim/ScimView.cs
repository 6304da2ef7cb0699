using System.Text.Json.Nodes;

namespace Loopai.Core.Identity.Scim;

/// <summary>A resource as directories see it.</summary>
/// <param name="Resource">Its row.</param>
/// <param name="Document">Its attributes.</param>
/// <param name="Version">Its ETag.</param>
public sealed record ScimView(ScimResource Resource, JsonObject Document, string Version);

/// <summary>One window of a list.</summary>
/// <param name="Items">What is in the window.</param>
/// <param name="Total">How many fit the filter.</param>
/// <param name="StartIndex">The place of the first, counted from 1.</param>
public sealed record ScimList(IReadOnlyList<ScimView> Items, int Total, int StartIndex);

/// <summary>Which resources are wanted; RFC 7644 section 3.4.2.</summary>
/// <param name="Filter">Which; null for all.</param>
/// <param name="SortBy">The attribute to order by; null for the order in which they were made.</param>
/// <param name="Descending">Backwards.</param>
/// <param name="StartIndex">The first that is wanted, counted from 1.</param>
/// <param name="Count">How many at most.</param>
public sealed record ScimListRequest(string? Filter = null, string? SortBy = null, bool Descending = false, int StartIndex = 1, int Count = ScimListRequest.DefaultCount)
{
    public const int DefaultCount = 100;
    public const int MaxCount = 1_000;
}
