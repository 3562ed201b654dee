# The image of admitd. docs/container.md says how to build, run and check it.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /src
# The packages come first: their layer stays while only sources change.
COPY packages.sh ./
RUN source packages.sh && install_packages "${build_packages[@]}"
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY proto proto
COPY server server
COPY client client
# The repository is not here to be asked for the commit.
ARG REVISION=unknown
RUN cmake --preset release -D ADMIT_COMMIT="${REVISION}" && ninja -C build/release && strip build/release/bin/*
# What the programs need at run time is asked of them, not kept as a second list.
RUN ldd build/release/bin/* | awk '$2 == "=>" { print "*/" $1 }' | sort -u \
    | xargs dpkg --search | cut -d : -f 1 | sort -u > runtime-packages

FROM ${BASE}
COPY --from=build /src/runtime-packages /tmp/
RUN apt-get update \
    && xargs apt-get install -y --no-install-recommends < /tmp/runtime-packages \
    && rm -rf /tmp/runtime-packages /var/lib/apt/lists/* /var/cache/apt /var/log/apt \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/admit
COPY --from=build /src/build/release/bin/ /usr/local/bin/

ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Admit" \
      org.opencontainers.image.description="Decides how many remote workers may run at once" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Where admitd keeps its state unless told otherwise: in /var/lib/admit.
ENV XDG_STATE_HOME=/var/lib
# A number, so that a cluster can see that it is not root without reading /etc/passwd.
USER 10001:10001
VOLUME /var/lib/admit
WORKDIR /var/lib/admit
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 \
    CMD ["/usr/local/bin/admitd", "--healthcheck"]
ENTRYPOINT ["/usr/local/bin/admitd"]
# Open to whoever reaches the port: the network in front of it decides who that is.
CMD ["--listen", "0.0.0.0:8080", "--no-auth"]
