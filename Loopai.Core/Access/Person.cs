namespace Loopai.Core.Access;

/// <summary>Somebody who acts outside of any organization: makes one, enters one, brings one back.</summary>
/// <param name="Id">The user.</param>
/// <param name="Name">How they are shown to people.</param>
/// <param name="Origin">Where their request came from; null for what runs in process.</param>
public sealed record Person(Guid Id, string Name, CallerOrigin? Origin = null)
{
    /// <summary>The person in an organization, without any right in it: who the audit log names.</summary>
    internal Caller In(Guid organizationId)
    {
        var caller = Caller.ForUser(Id, Name, organizationId, Guid.Empty, []);
        return Origin is { } origin ? caller.From(origin) : caller;
    }
}
