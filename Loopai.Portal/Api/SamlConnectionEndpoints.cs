using Loopai.Core.Access;
using Loopai.Core.Configuration;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.SignOn;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Loopai.Portal.Api;

/// <summary>What SAML connections have beyond others: the provider's metadata, and certificates of their own.</summary>
public static class SamlConnectionEndpoints
{
    public static void MapSamlConnections(this IEndpointRouteBuilder api)
    {
        var saml = api.MapGroup("/sign-on/connections/{id:guid}/saml").WithTags("Sign-on");
        saml.MapPost("/import", ImportAsync).WithSummary("Import the provider's metadata from an address or a document");
        saml.MapGet("/certificates", ListAsync).WithSummary("List the connection's own certificates; private keys are not among them");
        saml.MapPost("/certificates", AddAsync).WithSummary("Begin a rollover: make the certificate that follows the active one");
        saml.MapPost("/certificates/{certificateId:guid}/activate", ActivateAsync).WithSummary("Use this certificate from now on");
        saml.MapDelete("/certificates/{certificateId:guid}", RemoveAsync).WithSummary("End a rollover: remove the certificate that is not active");
    }

    private static async Task<Ok<ConnectionResponse>> ImportAsync(
        Guid id, SamlImport body, Caller caller, SamlConnectionService saml, ConnectionService connections, PortalSettings portal, HttpContext http, CancellationToken ct)
    {
        _ = body.Xml is null ? await saml.ImportFromAsync(caller, id, body.Url, ct) : await saml.ImportAsync(caller, id, body.Xml, ct);
        return SignOnEndpoints.Answer(await connections.GetAsync(caller, id, ct), connections, portal, http);
    }

    private static async Task<Ok<CertificateList>> ListAsync(Guid id, Caller caller, SamlConnectionService saml, CancellationToken ct) =>
        Answer(await saml.GetAsync(caller, id, ct));

    private static async Task<Ok<CertificateList>> AddAsync(Guid id, CertificateRequest body, Caller caller, SamlConnectionService saml, CancellationToken ct) =>
        Answer(await saml.AddCertificateAsync(caller, id, body.Use ?? SamlKeyUse.Signing, ct));

    private static async Task<Ok<CertificateList>> ActivateAsync(Guid id, Guid certificateId, Caller caller, SamlConnectionService saml, CancellationToken ct) =>
        Answer(await saml.ActivateCertificateAsync(caller, id, certificateId, ct));

    private static async Task<Ok<CertificateList>> RemoveAsync(Guid id, Guid certificateId, Caller caller, SamlConnectionService saml, CancellationToken ct) =>
        Answer(await saml.RemoveCertificateAsync(caller, id, certificateId, ct));

    private static Ok<CertificateList> Answer(SamlSetup setup) => TypedResults.Ok(new CertificateList(setup.Certificates, null));
}
