using Loopai.Core.Configuration;
using Loopai.Core.Identity;
using Loopai.Core.Identity.SignIn;
using Loopai.Portal.Tests.Api;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Identity;

[Collection(PortalCollection.Name)]
public sealed class SignInThrottleTests
{
    private readonly Clock _clock = new();
    private readonly SignInThrottle _throttle;
    private readonly SignInThrottle _otherInstance;
    private readonly ThrottleSubject _account = ThrottleSubject.Account($"{Guid.NewGuid():n}@people.example");

    public SignInThrottleTests(PortalFixture portal)
    {
        var settings = Options.Create(new AccountsSettings { LockoutAttempts = 3, LockoutMinutes = 5 });
        _throttle = new SignInThrottle(portal.Database.Data, settings, _clock);
        _otherInstance = new SignInThrottle(portal.Database.Data, settings, _clock);
    }

    [Fact]
    public async Task ReserveAsync_FailuresGoOn_LocksForLongerAndLonger()
    {
        var origin = GivenAccount.Origin();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            (await _throttle.ReserveAsync(_account, origin, default)).ShouldBe(new ThrottledAttempt(null, LocksNow: false));
        }

        foreach (var minutes in new[] { 1, 2, 4, 5, 5 })
        {
            (await _throttle.ReserveAsync(_account, origin, default)).ShouldBe(new ThrottledAttempt(null, LocksNow: true));
            var wait = (await _otherInstance.ReserveAsync(_account, origin, default)).Wait.ShouldNotBeNull("both instances count together");
            wait.TotalMinutes.ShouldBe(minutes, tolerance: 0.01);
            _clock.Now += TimeSpan.FromMinutes(minutes);
        }
    }

    [Fact]
    public async Task ReserveAsync_ManyAtOnce_LetsAsManyThroughAsOneAfterTheOther()
    {
        var attempts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? _throttle : _otherInstance).ReserveAsync(_account, RequestOrigin.None, default)));

        attempts.Count(attempt => attempt.Wait is null).ShouldBe(3);
    }

    [Fact]
    public async Task ReserveAsync_AccountWasRightInBetween_StartsOver()
    {
        var origin = GivenAccount.Origin();
        for (var i = 0; i < 6; i++)
        {
            (await _throttle.ReserveAsync(_account, origin, default)).Wait.ShouldBeNull();
            await _throttle.SucceededAsync(_account, origin, default);
        }
    }

    [Fact]
    public async Task ReserveAsync_ManyAccountsFromOneNetwork_LocksTheNetwork()
    {
        var network = $"2001:db8:{Random.Shared.Next(0x10000):x}:{Random.Shared.Next(0x10000):x}";
        for (var i = 0; i < 30; i++)
        {
            (await ReserveAnyAsync($"{network}::{i:x}")).Wait.ShouldBeNull();
        }

        (await ReserveAnyAsync($"{network}:ffff::1")).Wait.ShouldNotBeNull("an IPv6 customer has 64 bits of addresses");
        (await ReserveAnyAsync("2001:db8:ffff:ffff::1")).Wait.ShouldBeNull();
    }

    [Fact]
    public async Task ReserveAsync_ADayPassed_ForgetsTheFailures()
    {
        await _throttle.ReserveAsync(_account, RequestOrigin.None, default);
        await _throttle.ReserveAsync(_account, RequestOrigin.None, default);
        _clock.Now += TimeSpan.FromHours(25);

        (await _throttle.ReserveAsync(_account, RequestOrigin.None, default)).ShouldBe(new ThrottledAttempt(null, LocksNow: false));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void Address_TwoClients_CountTogetherWhereTheyMayBeOne(string one, string other, bool together) =>
        (ThrottleSubject.Address(one) == ThrottleSubject.Address(other)).ShouldBe(together);

    private Task<ThrottledAttempt> ReserveAnyAsync(string address) =>
        _throttle.ReserveAsync(ThrottleSubject.Account(Guid.NewGuid().ToString()), new RequestOrigin(address, null), default);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
