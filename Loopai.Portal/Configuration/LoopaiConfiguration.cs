using System.Reflection;
using Loopai.Core.Configuration;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Configuration;

/// <summary>How the portal finds its configuration and refuses a wrong one.</summary>
public static class LoopaiConfiguration
{
    /// <summary>What the process ends with when the configuration is wrong.</summary>
    public const int ExitCode = 2;

    private static readonly MethodInfo Register = typeof(LoopaiConfiguration).GetMethod(nameof(RegisterOne), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>
    /// A builder with the validated settings in it, or null after saying on <paramref name="errors"/> what is wrong.
    /// </summary>
    public static WebApplicationBuilder? CreateBuilder(string[] args, TextWriter errors)
    {
        WebApplicationBuilder builder;
        try
        {
            // appsettings.json and wwwroot stand beside the program, wherever it is started from.
            builder = WebApplication.CreateBuilder(new WebApplicationOptions
            {
                Args = args,
                ContentRootPath = AppContext.BaseDirectory,
                ApplicationName = typeof(LoopaiConfiguration).Assembly.GetName().Name, // Names the static files, whichever process hosts the portal.
            });
        }
        catch (InvalidDataException e)
        {
            errors.WriteLine($"{e.Message} {e.InnerException?.Message}");
            return null;
        }

        var faults = builder.AddLoopaiOptions();
        foreach (var fault in faults)
        {
            errors.WriteLine(fault);
        }

        if (faults.Count > 0)
        {
            return null;
        }

        // Built output, unlike published, names its static files in a manifest, which the host reads by itself in Development only.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls(builder.Configuration.Settings<PortalSettings>().Url);
        return builder;
    }

    /// <summary>
    /// Adds every settings class, as itself and as <see cref="IOptions{TOptions}"/>, and gives back what is wrong with the configuration.
    /// </summary>
    public static IReadOnlyList<SettingFault> AddLoopaiOptions(this IHostApplicationBuilder builder)
    {
        var (settings, faults) = SettingsReader.Read(builder.Configuration);
        foreach (var (type, value) in settings)
        {
            Register.MakeGenericMethod(type).Invoke(null, [builder.Services, value]);
        }

        return faults;
    }

    /// <summary>One settings class, for start-up code that runs before there are services.</summary>
    public static T Settings<T>(this IConfiguration configuration)
        where T : class, new() =>
        configuration.GetSection(SettingsSections.All.Single(section => section.Value == typeof(T)).Key).Get<T>() ?? new T();

    /// <summary>The data folder as a full path; a relative one starts at the checkout, or beside an installed program.</summary>
    public static string DataDirectoryPath(this PortalSettings portal) => Path.GetFullPath(portal.DataDirectory, BaseDirectory());

    private static string BaseDirectory()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Loopai.sln")))
            {
                return folder.FullName;
            }
        }

        return AppContext.BaseDirectory;
    }

    private static void RegisterOne<T>(IServiceCollection services, T value)
        where T : class
    {
        services.AddSingleton(value);
        services.AddSingleton(Options.Create(value));
    }
}
