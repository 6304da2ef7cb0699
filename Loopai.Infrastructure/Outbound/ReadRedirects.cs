using System.Net;
using Loopai.Core.Outbound;

namespace Loopai.Infrastructure.Outbound;

/// <summary>
/// Follows redirects of GET only. A POST that was sent elsewhere would hand its body to whom nobody named, or turn into a GET whose success says
/// nothing about what was to be delivered; its redirect is the answer.
/// </summary>
internal sealed class ReadRedirects(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Max = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        for (var followed = 0; followed < Max && request.Method == HttpMethod.Get && TargetOf(request, answer) is { } target; followed++)
        {
            answer.Dispose();
            request.RequestUri = target;

            // Credentials were for the host that was asked first.
            request.Headers.Authorization = null;
            answer = await base.SendAsync(request, cancellationToken);
        }

        return answer;
    }

    private static Uri? TargetOf(HttpRequestMessage request, HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || answer.Headers.Location is not { } location)
        {
            return null;
        }

        var asked = request.RequestUri!;
        if (!Uri.TryCreate(asked, location, out var target))
        {
            return null;
        }

        var isEncryptedStill = target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && asked.Scheme == Uri.UriSchemeHttp);
        return isEncryptedStill && (!request.Options.TryGetValue(OutboundHttp.MayFollow, out var mayFollow) || mayFollow(target)) ? target : null;
    }
}
