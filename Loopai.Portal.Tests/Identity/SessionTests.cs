using Loopai.Core.Configuration;
using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Portal.Tests.Api;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Identity;

[Collection(PortalCollection.Name)]
public sealed class SessionTests(PortalFixture portal)
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    private SessionService Sessions => portal.Services.GetRequiredService<SessionService>();

    private SessionCache Cache => portal.Services.GetRequiredService<SessionCache>();

    [Fact]
    public async Task StartAsync_FromABrowser_IsListedWithItsDeviceAndAddress()
    {
        var (caller, session) = await StartAsync();

        var listed = (await Sessions.ListAsync(caller, default)).ShouldHaveSingleItem();

        (listed.Id, listed.Device, listed.Address, listed.Method).ShouldBe((session.Id, "Firefox on Linux", "192.0.2.7", SignInMethod.Password));
        (await Cache.FindAsync(session.Id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task EndAsync_SessionIsCached_EndsWithinASecondAndTellsOpenPages()
    {
        var (caller, session) = await StartAsync();
        await Cache.FindAsync(session.Id, default);
        var told = new TaskCompletionSource();
        using var watch = Cache.Watch(session.Id, () =>
        {
            told.TrySetResult();
            return Task.CompletedTask;
        });

        await Sessions.EndAsync(caller, session.Id, SessionEnd.ByPerson, default);

        await told.Task.WaitAsync(TimeSpan.FromSeconds(2));
        (await Cache.FindAsync(session.Id, default)).ShouldBeNull();
        (await Sessions.ListAsync(caller, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task EndAsync_SessionOfSomebodyElse_IsNotFound()
    {
        var (_, theirs) = await StartAsync();
        var (caller, _) = await StartAsync();

        await Should.ThrowAsync<NotFoundException>(Sessions.EndAsync(caller, theirs.Id, SessionEnd.ByPerson, default));

        (await Cache.FindAsync(theirs.Id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task EndOthersAsync_ThreeSessions_LeavesTheOneThatAsks()
    {
        var (caller, session) = await StartAsync();
        await Sessions.StartAsync(New(caller.UserId), default);
        await Sessions.StartAsync(New(caller.UserId), default);

        (await Sessions.EndOthersAsync(caller, SessionEnd.ByPerson, default)).ShouldBe(2);

        (await Sessions.ListAsync(caller, default)).ShouldHaveSingleItem().Id.ShouldBe(session.Id);
    }

    [Fact]
    public async Task EndOfProviderAsync_OneSessionIsNamed_EndsOnlyThatOneOfThatConnection()
    {
        var user = await AddUserAsync();
        var (connection, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var named = await Sessions.StartAsync(New(user, new SsoSession(portal.Acme.Id, connection, "sub-1", "sid-1")), default);
        var second = await Sessions.StartAsync(New(user, new SsoSession(portal.Acme.Id, connection, "sub-1", "sid-2")), default);
        var foreign = await Sessions.StartAsync(New(user, new SsoSession(portal.Acme.Id, other, "sub-1", "sid-1")), default);

        (await Sessions.EndOfProviderAsync(connection, "sub-1", "sid-1", default)).ShouldBe(1);
        (await Sessions.ListAsync(new AccountCaller(user, named.Id, RequestOrigin.None), default)).Select(s => s.Id).ShouldBe([second.Id, foreign.Id], ignoreOrder: true);
        (await Sessions.EndOfProviderAsync(connection, "sub-1", null, default)).ShouldBe(1);
        await Should.ThrowAsync<ArgumentException>(() => Sessions.EndOfProviderAsync(connection, null, null, default));
    }

    [Fact]
    public async Task UseAsync_NotUsedForLongerThanTheLimit_IsOver()
    {
        var (_, session) = await StartAsync();
        var clock = new LaterClock(TimeSpan.FromHours(11));
        var settings = Options.Create(new AccountsSettings { SessionHours = 12 });
        var cache = new SessionCache(portal.Database.Data, settings, clock);

        (await cache.UseAsync(session.Id, default)).ShouldNotBeNull();
        clock.Ahead = TimeSpan.FromHours(22);
        (await cache.UseAsync(session.Id, default)).ShouldNotBeNull("it was used eleven hours ago");
        clock.Ahead = TimeSpan.FromHours(35);
        (await cache.UseAsync(session.Id, default)).ShouldBeNull();
    }

    private async Task<(AccountCaller Caller, UserSession Session)> StartAsync()
    {
        var session = await Sessions.StartAsync(New(await AddUserAsync()), default);
        return (new AccountCaller(session.UserId, session.Id, RequestOrigin.None), session);
    }

    private static NewSession New(Guid user, SsoSession? sso = null) =>
        new(user, sso is null ? SignInMethod.Password : SignInMethod.Sso, SecondFactor: false, new RequestOrigin("192.0.2.7", Firefox), sso);

    private async Task<Guid> AddUserAsync()
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var email = $"{Guid.NewGuid():n}@people.example";
        var user = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email, DisplayName = email, CreatedAt = DateTimeOffset.UtcNow };
        (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(user)).Succeeded.ShouldBeTrue();
        return user.Id;
    }

    private sealed class LaterClock(TimeSpan ahead) : TimeProvider
    {
        public TimeSpan Ahead { get; set; } = ahead;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + Ahead;
    }
}
