using Loopai.Core.Access;

namespace Loopai.Core.Errors;

/// <summary>A failure with a name. Services throw it; one place maps it to problem details, and one to what a page shows.</summary>
/// <param name="code">Stable, machine-readable: <c>task.name_taken</c>.</param>
/// <param name="message">For people: what happened and what to do.</param>
public abstract class LoopaiException(string code, string message) : Exception(message)
{
    /// <summary>Stable, machine-readable name of the failure.</summary>
    public string Code { get; } = code;
}

/// <summary>The thing does not exist, or belongs to somebody else: both look the same from outside.</summary>
public sealed class NotFoundException(string code, string message) : LoopaiException(code, message);

/// <summary>The request cannot be taken as it stands.</summary>
/// <param name="code">Stable name of the failure.</param>
/// <param name="message">The summary.</param>
/// <param name="errors">Field or JSON pointer → what is wrong with it.</param>
public sealed class InvalidException(string code, string message, IReadOnlyDictionary<string, string[]> errors) : LoopaiException(code, message)
{
    public InvalidException(string code, string field, string message)
        : this(code, message, new Dictionary<string, string[]> { [field] = [message] })
    {
    }

    /// <summary>Field or JSON pointer → what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}

/// <summary>The request is fine, but the state of things does not allow it now.</summary>
public sealed class ConflictException(string code, string message) : LoopaiException(code, message);

/// <summary>Somebody else changed the thing since the caller read it.</summary>
public sealed class ChangedMeanwhileException(string code, string message) : LoopaiException(code, message);

/// <summary>The caller is known but may not do this.</summary>
public sealed class ForbiddenException(string permission, string? message = null)
    : LoopaiException("access.forbidden", message ?? $"This needs the permission '{permission}'. Ask an owner of the organization for it.")
{
    /// <summary>The permission that is missing.</summary>
    public string Permission { get; } = permission;

    /// <summary>Who lacks it, where the refusal knows; for the audit log.</summary>
    public Caller? Caller { get; init; }
}

/// <summary>A limit is reached.</summary>
public sealed class LimitExceededException(string code, string message, TimeSpan? retryAfter = null) : LoopaiException(code, message)
{
    /// <summary>When it is worth trying again.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>A part that is needed does not answer now; nothing was done.</summary>
public sealed class UnavailableException(string code, string message, TimeSpan? retryAfter = null) : LoopaiException(code, message)
{
    /// <summary>When it is worth trying again.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
