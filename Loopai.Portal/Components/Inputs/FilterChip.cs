namespace Loopai.Portal.Components.Inputs;

/// <param name="Label">What is set: "Status: error".</param>
/// <param name="Remove">Takes it away.</param>
public sealed record FilterChip(string Label, Func<Task> Remove);
