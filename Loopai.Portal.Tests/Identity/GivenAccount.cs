using Loopai.Core.Identity;
using Loopai.Core.Identity.Sessions;
using Loopai.Portal.Tests.Api;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Portal.Tests.Identity;

/// <summary>Makes people for tests.</summary>
internal static class GivenAccount
{
    /// <summary>Somebody with an account, in no organization.</summary>
    public static async Task<User> AddPersonAsync(this PortalFixture portal, string? password = PortalFixture.Password)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var email = $"{Guid.NewGuid():n}@people.example";
        var user = new User { Id = Guid.CreateVersion7(), UserName = email, Email = email, DisplayName = "Ann", CreatedAt = DateTimeOffset.UtcNow };
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        (password is null ? await users.CreateAsync(user) : await users.CreateAsync(user, password)).Succeeded.ShouldBeTrue();
        return user;
    }

    /// <summary>A session of the person's that began with a password just now.</summary>
    public static async Task<AccountCaller> StartSessionAsync(this PortalFixture portal, Guid userId, SsoSession? sso = null)
    {
        var origin = Origin();
        var session = await portal.Services.GetRequiredService<SessionService>().StartAsync(
            new NewSession(userId, sso is null ? SignInMethod.Password : SignInMethod.Sso, SecondFactor: false, origin, sso), default);
        return new AccountCaller(userId, session.Id, origin);
    }

    /// <summary>An address of its own, so that tests do not lock each other out.</summary>
    public static RequestOrigin Origin() =>
        new($"2001:db8:{Random.Shared.Next(0x10000):x}:{Random.Shared.Next(0x10000):x}::1", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");

    /// <summary>Calls a service that lives in a scope.</summary>
    public static async Task<TResult> CallAsync<TService, TResult>(this PortalFixture portal, Func<TService, Task<TResult>> call)
        where TService : notnull
    {
        await using var scope = portal.Services.CreateAsyncScope();
        return await call(scope.ServiceProvider.GetRequiredService<TService>());
    }
}
