namespace Loopai.Portal.Pages.Webhooks;

/// <summary>A receiver in a few lines, in the languages that receivers are written in.</summary>
internal static class VerifyCode
{
    public static string In(string language) => language switch
    {
        "Python" => Python,
        "C#" => CSharp,
        _ => Node,
    };

    private const string Node = """
        // npm install express standardwebhooks
        import express from "express";
        import { Webhook } from "standardwebhooks";

        const webhook = new Webhook(process.env.LOOPAI_WEBHOOK_SECRET); // whsec_…
        const app = express();

        app.post("/loopai", express.raw({ type: "application/json" }), (request, response) => {
          let event;
          try {
            event = webhook.verify(request.body, request.headers);
          } catch {
            return response.sendStatus(401);
          }
          console.log(request.headers["webhook-id"], event.type, event.data);
          response.sendStatus(204);
        });

        app.listen(3000);
        """;

    private const string Python = """
        # pip install flask standardwebhooks
        import os
        from flask import Flask, request
        from standardwebhooks import Webhook, WebhookVerificationError

        webhook = Webhook(os.environ["LOOPAI_WEBHOOK_SECRET"])  # whsec_…
        app = Flask(__name__)

        @app.post("/loopai")
        def receive():
            try:
                event = webhook.verify(request.get_data(), dict(request.headers))
            except WebhookVerificationError:
                return "", 401
            print(request.headers["webhook-id"], event["type"], event["data"])
            return "", 204
        """;

    private const string CSharp = """
        using System.Security.Cryptography;
        using System.Text;
        using System.Text.Json;

        var secret = Environment.GetEnvironmentVariable("LOOPAI_WEBHOOK_SECRET")!; // whsec_…
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var app = WebApplication.Create();

        app.MapPost("/loopai", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            var (id, time) = (request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString());
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body.ToArray()];
            var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed)));
            var isOurs = request.Headers["webhook-signature"].ToString().Split(' ')
                .Any(given => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(given), expected));
            var isFresh = long.TryParse(time, out var sent) && Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - sent) <= 300;
            if (!isOurs || !isFresh)
            {
                return Results.Unauthorized();
            }

            using var told = JsonDocument.Parse(body.ToArray());
            Console.WriteLine($"{id} {told.RootElement.GetProperty("type")}");
            return Results.NoContent();
        });

        app.Run();
        """;
}
