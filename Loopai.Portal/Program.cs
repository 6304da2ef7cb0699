using Loopai.Portal.Shell;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPortalShell();

var app = builder.Build();
app.UsePortalErrorPages();
app.UseAntiforgery();
app.MapGet("/health", () => new { status = "healthy" });
app.MapPortalShell();
app.Run();

public partial class Program;
