using Loopai.Core.Configuration;
using Loopai.Core.Data;
using Loopai.Infrastructure;
using Loopai.Infrastructure.Postgres.Embedded;
using Loopai.Portal.Accounts;
using Loopai.Portal.Accounts.SignOn;
using Loopai.Portal.Api;
using Loopai.Portal.Configuration;
using Loopai.Portal.Demo;
using Loopai.Portal.Health;
using Loopai.Portal.Shell;
using Loopai.Portal.Metrics;
using Loopai.Portal.Ofrep;
using Loopai.Portal.Scim;

namespace Loopai.Portal.Startup;

/// <summary>The portal from its arguments to its end: database, schema, services, pages, API.</summary>
public sealed class PortalHost : IAsyncDisposable
{
    private readonly PortalDatabase _database;

    private PortalHost(WebApplication app, PortalDatabase database)
    {
        App = app;
        _database = database;
    }

    public WebApplication App { get; }

    /// <summary>A portal that listens, or null after saying on <paramref name="errors"/> why there is none.</summary>
    public static async Task<PortalHost?> StartAsync(string[] args, TextWriter errors, CancellationToken ct = default)
    {
        if (LoopaiConfiguration.CreateBuilder(args, errors) is not { } builder)
        {
            return null;
        }

        using var startLog = LoggerFactory.Create(log => log.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole(o => o.SingleLine = true));
        PortalDatabase database;
        try
        {
            database = await PortalDatabase.StartAsync(
                builder.Configuration.Settings<DatabaseSettings>(), builder.Configuration.Settings<PortalSettings>().DataDirectoryPath(),
                startLog.CreateLogger("Loopai.Database"), ct);
        }
        catch (EmbeddedPostgresException e)
        {
            errors.WriteLine(e.Message);
            return null;
        }

        try
        {
            var app = Build(builder, database);
            var lifecycle = app.Services.GetRequiredService<IDatabaseLifecycle>();
            if (!await lifecycle.IsCurrentAsync(ct))
            {
                await lifecycle.MigrateAsync(ct);
            }

            await app.StartAsync(ct);
            _ = StopWhenDatabaseIsLostAsync(app, database);
            return new PortalHost(app, database);
        }
        catch (Exception e)
        {
            await database.DisposeAsync();
            if (e is not (DatabaseSetupException or IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException }))
            {
                throw;
            }

            errors.WriteLine(e.Message);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static WebApplication Build(WebApplicationBuilder builder, PortalDatabase database)
    {
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        database.AddTo(builder.Services);
        builder.Services.AddLoopaiOutside(builder.Configuration.Settings<MailSettings>(), builder.Configuration.Settings<OutboundSettings>());
        builder.Services.AddLoopai(builder.Configuration.Settings<SandboxSettings>());
        builder.Services.AddLoopaiAccounts(builder.Configuration.Settings<AccountsSettings>(), builder.Configuration.Settings<PortalSettings>());
        builder.Services.AddLoopaiSignOn();
        builder.Services.AddLoopaiApi();
        builder.Services.AddLoopaiMetrics();
        builder.Services.AddLoopaiPages();
        builder.Services.AddLoopaiDemo(builder.Configuration.Settings<DemoSettings>());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = builder.Configuration.Settings<ExecutionSettings>().MaxBodyBytes);

        // It reads the keys of data protection before the portal answers, for which the whole model of the database has to be there. They are read when the first one is needed.
        builder.Services.Remove(builder.Services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Name == "DataProtectionHostedService"));
        var app = builder.Build();

        app.UseTrustedProxies(builder.Configuration.Settings<PortalSettings>());

        // Routing runs the busiest endpoints at once; left to the framework it would come first, and they would take the proxy for the client.
        app.UseRouting();
        app.UseSecurityHeaders(builder.Configuration.Settings<PortalSettings>());

        // The pages' error handler stands outside, so that the API answers its failures itself.
        app.UsePortalErrorPages();
        app.UseLoopaiApi();
        app.UseScim();
        app.UseOfrep();
        app.UseLoopaiPages();
        app.MapLoopaiHealth();
        app.MapLoopaiMetrics();
        app.MapLoopaiApi();
        app.MapScim();
        app.MapOfrep();
        app.MapLoopaiPages();
        return app;
    }

    private static async Task StopWhenDatabaseIsLostAsync(WebApplication app, PortalDatabase database)
    {
        await Task.WhenAny(database.Lost, Task.Delay(Timeout.Infinite, app.Lifetime.ApplicationStopping));
        if (!app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            app.Logger.LogCritical("The embedded database ended by itself; the portal stops. See data/postgres.log for the reason");
            app.Lifetime.StopApplication();
        }
    }
}
