using Loopai.Core.Data;

namespace Loopai.Core.Costs.Savings;

/// <summary>The language model that would answer a task if no program did, and what a call of it would take.</summary>
public sealed class TaskReference : ITenantOwned, ITaskOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid TaskId { get; init; }

    public required string Provider { get; set; }

    public required string Model { get; set; }

    /// <summary>Tokens of a call's input, instructions included.</summary>
    public int InputTokens { get; set; }

    /// <summary>Tokens of a call's output.</summary>
    public int OutputTokens { get; set; }

    /// <summary>Whether the tokens were reckoned from the lengths of examples; otherwise somebody counted them.</summary>
    public bool Estimated { get; set; }

    public required string UpdatedBy { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public TokenCount Tokens => new(InputTokens, OutputTokens);
}

/// <summary>Tokens of one call.</summary>
public readonly record struct TokenCount(int Input, int Output);
