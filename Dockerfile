# Build with every tool, run with none of them.
FROM node:24-bookworm AS build
WORKDIR /src
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json ./
COPY server/web/package.json server/web/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && rm -rf dist/server/test dist/scripts && npm prune --omit=dev --no-audit --no-fund

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
