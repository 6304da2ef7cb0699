namespace Loopai.Portal.Tests.Organizations;

/// <summary>A clock that is ahead.</summary>
internal sealed class Later(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
