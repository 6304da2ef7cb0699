using Loopai.Portal.Configuration;
using Loopai.Portal.Startup;

await using var portal = await PortalHost.StartAsync(args, Console.Error);
if (portal is null)
{
    return LoopaiConfiguration.ExitCode;
}

await portal.App.WaitForShutdownAsync();
return 0;
