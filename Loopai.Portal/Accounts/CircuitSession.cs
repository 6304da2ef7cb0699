using System.Security.Claims;
using Loopai.Core.Identity.Sessions;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Loopai.Portal.Accounts;

/// <summary>
/// Ties an open page to its session. When the session ends, the page's viewer becomes nobody, upon which the gate empties the page and leads to signing
/// in; and the circuit hears nothing more from its browser, should that one not leave.
/// </summary>
public sealed class CircuitSession(SessionCache sessions, AuthenticationStateProvider authentication, TimeProvider time) : CircuitHandler, IDisposable
{
    /// <summary>How often what is done on an open page counts as use of its session, and asks whether that is still good.</summary>
    private static readonly TimeSpan UsedEvery = TimeSpan.FromMinutes(1);

    private static readonly Task<AuthenticationState> Nobody = Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity())));
    private IDisposable? _watch;
    private volatile bool _ended;
    private Guid? _session;
    private DateTimeOffset _usedAt;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if ((await authentication.GetAuthenticationStateAsync()).User.SessionId() is not { } id)
        {
            return;
        }

        (_session, _usedAt) = (id, time.GetUtcNow());
        _watch = sessions.Watch(id, EndAsync);
        if (await sessions.FindAsync(id, cancellationToken) is null)
        {
            await EndAsync();
        }
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) =>
        async activity =>
        {
            if (_session is { } id && !_ended && time.GetUtcNow() - _usedAt >= UsedEvery)
            {
                _usedAt = time.GetUtcNow();
                if (await sessions.UseAsync(id, CancellationToken.None) is null)
                {
                    await EndAsync();
                }
            }

            if (!_ended)
            {
                await next(activity);
            }
        };

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _watch?.Dispose();

    private Task EndAsync()
    {
        _ended = true;
        ((IHostEnvironmentAuthenticationStateProvider)authentication).SetAuthenticationState(Nobody);
        return Task.CompletedTask;
    }
}
