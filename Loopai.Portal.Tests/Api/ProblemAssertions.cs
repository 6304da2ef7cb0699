using System.Net;
using System.Text.Json;

namespace Loopai.Portal.Tests.Api;

/// <summary>What every failure of the API looks like.</summary>
internal static class ProblemAssertions
{
    /// <summary>RFC 9457 with the code, and a message that somebody can act on; answers the problem.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(this HttpResponseMessage answer, HttpStatusCode status, string? code = null)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", text);
        var problem = JsonElement.Parse(text);
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("message").GetString().ShouldBe(problem.GetProperty("detail").GetString());
        problem.GetProperty("type").GetString().ShouldBe($"urn:loopai:problem:{problem.GetProperty("code").GetString()}");
        if (code is not null)
        {
            problem.GetProperty("code").GetString().ShouldBe(code, text);
        }

        return problem;
    }
}
