# Build with every tool, run with none of them.
FROM node:24-bookworm AS build
WORKDIR /src
# Nothing is fetched beside the packages themselves: no CUDA files, no sources of llama.cpp.
ENV ONNXRUNTIME_NODE_INSTALL=skip NODE_LLAMA_CPP_SKIP_DOWNLOAD=true
COPY package.json package-lock.json ./
COPY server/web/package.json server/web/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && rm -rf dist/server/test dist/scripts && npm prune --omit=dev --no-audit --no-fund
# Ready-built llama.cpp for other processors, and for CUDA unless the image is built for it (--build-arg GPU=cuda).
ARG GPU=none
RUN cd node_modules/@node-llama-cpp && own=linux-$(node -p 'process.arch === "arm" ? "armv7l" : process.arch') && \
  for engine in *; do case $engine in \
    "$own-cuda" | "$own-cuda-ext") [ "$GPU" = cuda ] || rm -rf "$engine" ;; \
    "$own" | "$own"-*) ;; \
    *) rm -rf "$engine" ;; \
  esac; done

FROM node:24-bookworm-slim
ENV NODE_ENV=production CARREL_HOST=0.0.0.0 CARREL_PORT=8080 CARREL_DATA=/data
WORKDIR /opt/carrel
COPY --from=build /src/package.json /src/LICENSE ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY --from=build /src/server/web/dist server/web/dist
COPY --from=build /src/data data
COPY --from=build /src/models models
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.CARREL_PORT + '/health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/main.js"]
