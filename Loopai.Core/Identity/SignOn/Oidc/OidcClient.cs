using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Loopai.Core.Outbound;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>The two requests that Loopai itself makes of a provider in a sign-in: the code for tokens, and the access token for claims.</summary>
internal sealed class OidcClient(OutboundHttp outbound)
{
    /// <summary>Redeems the code (RFC 6749, 4.1.3, with RFC 7636's verifier).</summary>
    public async Task<(JsonElement? Answer, SignOnRefusal? Refusal)> RedeemAsync(
        OidcMetadata provider, OidcSettings settings, string? secret, string code, string verifier, string redirectUri, CancellationToken ct)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = redirectUri, ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.Token);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (secret is not null && (provider.TakesBasic || !provider.TakesPost))
        {
            // Both parts are form-encoded first (RFC 6749, 2.3.1), which is what a secret with a colon or a plus depends on.
            var credentials = $"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }
        else
        {
            form["client_id"] = settings.ClientId;
            if (secret is not null)
            {
                form["client_secret"] = secret;
            }
        }

        request.Content = new FormUrlEncodedContent(form);
        var (answer, problem) = await SendAsync(request, ct);
        return answer is not { } json ? (null, OidcErrors.Provider(problem!, null))
            : JsonWebToken.Text(json, "error") is { } error ? (null, OidcErrors.Provider(error, JsonWebToken.Text(json, "error_description")))
            : problem is not null ? (null, OidcErrors.Provider(problem, null))
            : (json, null);
    }

    /// <summary>What the userinfo endpoint tells; null with the reason when it tells nothing that can be used.</summary>
    public async Task<(JsonElement? Claims, string? Problem)> UserInfoAsync(Uri address, string accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var (answer, problem) = await SendAsync(request, ct);
        return problem is null ? (answer, null) : (null, problem);
    }

    private async Task<(JsonElement? Json, string? Problem)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var response = await outbound.Client.SendAsync(request, ct);
            var problem = response.IsSuccessStatusCode ? null : $"it answers with status {(int)response.StatusCode}";
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            using var document = await JsonDocument.ParseAsync(body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 }, ct);
            return document.RootElement.ValueKind == JsonValueKind.Object ? (document.RootElement.Clone(), problem) : (null, problem ?? "its answer is no JSON object");
        }
        catch (JsonException)
        {
            return (null, "its answer is no JSON");
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return (null, "it does not answer");
        }
    }
}
