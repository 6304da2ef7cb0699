namespace Loopai.Core.Identity.SignIn;

/// <summary>Decides where a person goes after they gave their e-mail: on to the password, or to the identity provider of their organization.</summary>
public sealed class SignInRouter(IEnumerable<ISignInRoute> routes)
{
    /// <summary>The next step. It never depends on whether the account exists: that is nobody's business.</summary>
    public async Task<SignInStep> NextAsync(string email, string returnUrl, CancellationToken ct)
    {
        foreach (var route in routes)
        {
            if (await route.FindAsync(email, returnUrl, ct) is { } step)
            {
                return step;
            }
        }

        return new SignInStep.Local();
    }
}

/// <summary>A way to sign in that claims certain addresses, such as those of an organization's verified domains. Registered with the services.</summary>
public interface ISignInRoute
{
    /// <summary>Where this person has to go; null when the address is not this route's.</summary>
    Task<SignInStep?> FindAsync(string email, string returnUrl, CancellationToken ct);
}

/// <summary>What comes after the e-mail.</summary>
public abstract record SignInStep
{
    private SignInStep()
    {
    }

    /// <summary>A password or a passkey of this portal.</summary>
    public sealed record Local : SignInStep;

    /// <summary>The address of the portal that begins a connection's sign-in.</summary>
    public sealed record Redirect(string Url) : SignInStep;
}
