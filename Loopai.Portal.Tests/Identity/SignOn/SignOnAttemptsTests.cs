using Loopai.Core.Identity.SignOn;
using Loopai.Portal.Tests.Data;

namespace Loopai.Portal.Tests.Identity.SignOn;

public sealed class SignOnAttemptsTests(LoopaiDatabaseFixture fixture) : IClassFixture<LoopaiDatabaseFixture>
{
    private readonly SettableTime time = new();

    private SignOnAttempts Attempts => new(fixture.Data, GivenSignOn.Secrets, time);

    [Fact]
    public async Task TakeAsync_Twice_IsThereOnce()
    {
        var connection = await ConnectionAsync();
        var begun = await BeginAsync(connection);

        var taken = await Attempts.TakeAsync<string>(connection, begun.Handle, begun.Browser, default);

        (taken!.State, taken.ReturnPath, taken.Purpose).ShouldBe(("nonce", "/o/acme", SignOnPurpose.SignIn));
        (await Attempts.TakeAsync<string>(connection, begun.Handle, begun.Browser, default)).ShouldBeNull();
    }

    [Fact]
    public async Task TakeAsync_AtTheSameMoment_IsTakenByOne()
    {
        var connection = await ConnectionAsync();
        var begun = await BeginAsync(connection);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Attempts.TakeAsync<string>(connection, begun.Handle, begun.Browser, default)));

        taken.Count(t => t is not null).ShouldBe(1);
    }

    [Fact]
    public async Task TakeAsync_AnotherBrowser_FindsNothing_AndTheFirstStillMay()
    {
        var connection = await ConnectionAsync();
        var begun = await BeginAsync(connection);
        var other = await BeginAsync(connection);

        (await Attempts.TakeAsync<string>(connection, begun.Handle, other.Browser, default)).ShouldBeNull();
        (await Attempts.TakeAsync<string>(connection, begun.Handle, null, default)).ShouldBeNull();
        (await Attempts.TakeAsync<string>(connection, begun.Handle, begun.Browser, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task TakeAsync_AtAnotherConnection_FindsNothing()
    {
        var (one, other) = (await ConnectionAsync(), await ConnectionAsync());
        var begun = await BeginAsync(one);

        (await Attempts.TakeAsync<string>(other, begun.Handle, begun.Browser, default)).ShouldBeNull();
    }

    [Fact]
    public async Task TakeAsync_AfterItsLifetime_FindsNothing()
    {
        var connection = await ConnectionAsync();
        var begun = await BeginAsync(connection);
        time.Now += SignOnAttempts.Lifetime + TimeSpan.FromSeconds(1);

        (await Attempts.TakeAsync<string>(connection, begun.Handle, begun.Browser, default)).ShouldBeNull();
    }

    [Fact]
    public async Task TryUseTokenAsync_SecondUse_IsRefused()
    {
        var (connection, other) = (await ConnectionAsync(), await ConnectionAsync());
        var expires = time.Now.AddMinutes(5);

        var uses = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Attempts.TryUseTokenAsync(connection, "jti-1", expires, default)));

        uses.Count(used => used).ShouldBe(1);
        (await Attempts.TryUseTokenAsync(other, "jti-1", expires, default)).ShouldBeTrue();
    }

    private async Task<SignOnConnection> ConnectionAsync() => await fixture.Database.ConnectionAsync(await fixture.Database.AddOrganizationAsync());

    private Task<BegunAttempt> BeginAsync(SignOnConnection connection) =>
        Attempts.BeginAsync(connection, SignOnPurpose.SignIn, "/o/acme", "nonce", null, default);
}

/// <summary>A clock that a test sets.</summary>
internal sealed class SettableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => Now;
}
