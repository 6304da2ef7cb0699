namespace Loopai.Portal.Components.Surfaces;

public sealed record Crumb(string Label, string Href);

/// <param name="Key">What the URL says when the tab is open.</param>
/// <param name="Label">What people read.</param>
/// <param name="Href">Where it leads.</param>
/// <param name="Count">A number beside the label, when there is one worth showing.</param>
public sealed record TabItem(string Key, string Label, string Href, long? Count = null);
