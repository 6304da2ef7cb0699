// The floor: what ASP.NET Core does with the same body when there is nothing to do but give it back.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.MapPost("/echo", async context =>
{
    context.Response.ContentType = "application/json";
    context.Response.ContentLength = context.Request.ContentLength;
    await context.Request.Body.CopyToAsync(context.Response.Body);
});
app.MapGet("/health", () => "ok");
app.Run();
