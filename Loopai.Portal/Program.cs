using Loopai.Portal.Configuration;

if (LoopaiConfiguration.CreateBuilder(args, Console.Error) is not { } builder)
{
    return LoopaiConfiguration.ExitCode;
}

var app = builder.Build();
app.MapGet("/health", () => new { status = "healthy" });
app.Run();
return 0;

public partial class Program;
